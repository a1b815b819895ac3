"""The manifests in deploy/kubernetes: valid by Kubernetes' schemas, as careful as promised, with options that exist.

Usage: kubernetes_test.py SEGUE MAKE_MODEL
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
MANIFESTS = DEPLOY / "kubernetes/segue.yaml"
CHART = DEPLOY / "helm/segue"
VERSIONS = ("1.29", "1.33")


def pods_of(document):
    if document["kind"] == "Deployment":
        yield document["spec"]["template"]["spec"]
    if document["kind"] == "CronJob":
        yield document["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def check_pod(pod):
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    assert pod["automountServiceAccountToken"] is False
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["requests"] and container["resources"]["limits"]["memory"]
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert "password" not in " ".join(container["args"])


def check_drain(pod):
    (container,) = pod["containers"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    drains = int(re.search(r"--drain-timeout=(\d+)s", " ".join(container["args"])).group(1))
    # The server ends half a second after its drain timeout at the latest.
    assert pod["terminationGracePeriodSeconds"] > waits + drains + 0.5
    for probe, path in (("startupProbe", "live"), ("livenessProbe", "live"), ("readinessProbe", "ready")):
        assert container[probe]["httpGet"]["path"] == f"/health/{path}"


def check_values():
    """Templates use values that there are, and no value is without use. (Helm itself renders in tools/chart.)"""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    used = set()
    for template in (CHART / "templates").iterdir():
        used |= set(re.findall(r"\.Values\.([\w.]+)", template.read_text()))
    for path in used:
        at = values
        for name in path.split("."):
            assert name in at, f"values.yaml: no {path}"
            at = at[name]
    for name, value in values.items():
        inner = isinstance(value, dict) and name not in used
        for path in ([f"{name}.{key}" for key in value] if inner else [name]):
            assert path in used, f"values.yaml: nothing uses {path}"


def check_options(segue, model, documents, folder):
    """Every option exists: what stops the command is the store, which is no URL here."""
    (config,) = [one for one in documents if one["kind"] == "ConfigMap"]
    file = folder / "segue.toml"
    file.write_text(config["data"]["segue.toml"])
    for document in documents:
        for pod in pods_of(document):
            args = [arg.replace("/etc/segue/segue.toml", str(file)).replace("/models/current", str(model))
                    .replace("$(SEGUE_STORE)", "nothing://here") for arg in pod["containers"][0]["args"]]
            done = subprocess.run([segue, *args], capture_output=True, text=True, timeout=60)
            assert done.returncode != 0 and "--store: expected" in done.stderr, (args, done.stderr)


def main(segue, make_model):
    documents = [one for one in yaml.safe_load_all(MANIFESTS.read_text()) if one]
    kinds = {one["kind"]: one for one in documents}
    check_values()
    assert set(kinds) == {"ConfigMap", "CronJob", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget",
                          "Service", "ServiceAccount"}
    for document in documents:
        for version in VERSIONS:
            kubernetes_validate.validate(document, version, strict=True)
        for pod in pods_of(document):
            check_pod(pod)
    deployment = kinds["Deployment"]["spec"]
    check_drain(deployment["template"]["spec"])
    labels = deployment["template"]["metadata"]["labels"]
    for selector in (deployment["selector"]["matchLabels"], kinds["Service"]["spec"]["selector"],
                     kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= labels.items(), selector
    retrained = kinds["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert not kinds["Service"]["spec"]["selector"].items() <= retrained.items(), "a retraining pod serves nobody"
    assert kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == kinds["Deployment"]["metadata"]["name"]
    assert "replicas" not in deployment, "the autoscaler decides"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([make_model, folder / "model", "24"], check=True)
        check_options(segue, folder / "model", documents, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
