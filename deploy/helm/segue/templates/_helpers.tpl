{{- define "segue.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{- define "segue.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "segue.labels" -}}
{{ include "segue.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "segue.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "segue.storeSecret" -}}
{{- if .Values.store.existingSecret }}{{ .Values.store.existingSecret }}
{{- else }}{{ $_ := required "store.url or store.existingSecret: expected where listens are stored, found neither" .Values.store.url }}{{ include "segue.name" . }}-store
{{- end -}}
{{- end }}

{{/* A section of segue.toml: numbers and booleans as they are, everything else as a string. */}}
{{- define "segue.section" -}}
{{- range $name, $value := . }}
{{ $name }} = {{ if kindIs "slice" $value }}{{ $value | toJson }}{{ else if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ $value }}{{ end }}
{{- end }}
{{- end }}

{{- define "segue.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "segue.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "segue.storeEnv" -}}
- name: SEGUE_STORE
  valueFrom: {secretKeyRef: {name: {{ include "segue.storeSecret" . }}, key: url}}
- name: PGPASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "segue.storeSecret" . }}, key: password, optional: true}}
{{- end }}
