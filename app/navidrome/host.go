//go:build wasip1

// What Navidrome offers a plugin: its input and output, settings, the log (functions of Extism, which runs plugins), and
// Navidrome's own services for HTTP and for remembering things between calls. Every call runs in a new instance.
//
// Texts pass through memory of the host, byte by byte or eight at a time; the host addresses them by offsets.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

//go:wasmimport extism:host/env input_length
func hostInputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func hostInputByte(at uint64) uint32

//go:wasmimport extism:host/env input_load_u64
func hostInputWord(at uint64) uint64

//go:wasmimport extism:host/env output_set
func hostSetOutput(offset, length uint64)

//go:wasmimport extism:host/env error_set
func hostSetError(offset uint64)

//go:wasmimport extism:host/env config_get
func hostConfig(key uint64) uint64

//go:wasmimport extism:host/env alloc
func hostAllocate(length uint64) uint64

//go:wasmimport extism:host/env free
func hostFree(offset uint64)

//go:wasmimport extism:host/env length
func hostLength(offset uint64) uint64

//go:wasmimport extism:host/env load_u8
func hostLoadByte(at uint64) uint32

//go:wasmimport extism:host/env load_u64
func hostLoadWord(at uint64) uint64

//go:wasmimport extism:host/env store_u8
func hostStoreByte(at uint64, value uint32)

//go:wasmimport extism:host/env store_u64
func hostStoreWord(at uint64, value uint64)

//go:wasmimport extism:host/env log_debug
func hostLogDebug(offset uint64)

//go:wasmimport extism:host/env log_info
func hostLogInfo(offset uint64)

//go:wasmimport extism:host/env log_warn
func hostLogWarning(offset uint64)

//go:wasmimport extism:host/env log_error
func hostLogError(offset uint64)

//go:wasmimport extism:host/user http_send
func hostSendHTTP(request uint64) uint64

//go:wasmimport extism:host/user cache_getstring
func hostCacheGet(request uint64) uint64

//go:wasmimport extism:host/user cache_setstring
func hostCacheSet(request uint64) uint64

//go:wasmimport extism:host/user cache_remove
func hostCacheRemove(request uint64) uint64

const wordBytes = 8

func read(length uint64, word func(uint64) uint64, one func(uint64) uint32) []byte {
	bytes := make([]byte, length)
	at := uint64(0)
	for ; at+wordBytes <= length; at += wordBytes {
		binary.LittleEndian.PutUint64(bytes[at:], word(at))
	}
	for ; at < length; at++ {
		bytes[at] = byte(one(at))
	}
	return bytes
}

func input() []byte {
	return read(hostInputLength(), hostInputWord, hostInputByte)
}

// The host's text at an offset; nil for 0, which is none.
func fetch(offset uint64) []byte {
	if offset == 0 {
		return nil
	}
	return read(hostLength(offset), func(at uint64) uint64 { return hostLoadWord(offset + at) },
		func(at uint64) uint32 { return hostLoadByte(offset + at) })
}

// A copy in the host's memory.
func lend(bytes []byte) uint64 {
	offset := hostAllocate(uint64(len(bytes)))
	at := 0
	for ; at+wordBytes <= len(bytes); at += wordBytes {
		hostStoreWord(offset+uint64(at), binary.LittleEndian.Uint64(bytes[at:]))
	}
	for ; at < len(bytes); at++ {
		hostStoreByte(offset+uint64(at), uint32(bytes[at]))
	}
	return offset
}

func output(bytes []byte) {
	hostSetOutput(lend(bytes), uint64(len(bytes)))
}

// The setting of this name, "" if there is none.
func setting(name string) string {
	key := lend([]byte(name))
	defer hostFree(key)
	return string(fetch(hostConfig(key)))
}

func logged(log func(uint64), format string, values ...any) {
	message := lend([]byte(fmt.Sprintf(format, values...)))
	defer hostFree(message)
	log(message)
}

// Calls a service of Navidrome, which takes JSON and replies with JSON; `error` in the reply says that it failed.
func callService(service func(uint64) uint64, request, reply any) error {
	text, err := json.Marshal(request)
	if err != nil {
		return err
	}
	sent := lend(text)
	defer hostFree(sent)
	received := fetch(service(sent))
	var failed struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(received, &failed); err != nil {
		return fmt.Errorf("Navidrome replied %q: %w", received, err)
	}
	if failed.Error != "" {
		return errors.New(failed.Error)
	}
	return json.Unmarshal(received, reply)
}

type httpRequest struct {
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      []byte            `json:"body,omitempty"` // as base64
	TimeoutMs int32             `json:"timeoutMs"`
}

type httpReply struct {
	StatusCode int    `json:"statusCode"`
	Body       []byte `json:"body"` // likewise
}

// Any status is a reply. An error: there was none.
func sendHTTP(request httpRequest) (httpReply, error) {
	var reply struct {
		Result *httpReply `json:"result"`
	}
	err := callService(hostSendHTTP, map[string]any{"request": request}, &reply)
	if err == nil && reply.Result == nil {
		err = errors.New("no reply")
	}
	if err != nil {
		return httpReply{}, err
	}
	return *reply.Result, nil
}

// What is remembered under this key, until Navidrome restarts. "" if nothing is.
func remembered(key string) (string, error) {
	var reply struct {
		Value  string `json:"value"`
		Exists bool   `json:"exists"`
	}
	err := callService(hostCacheGet, map[string]any{"key": key}, &reply)
	return reply.Value, err
}

func remember(key, value string, seconds int64) error {
	request := map[string]any{"key": key, "value": value, "ttlSeconds": seconds}
	return callService(hostCacheSet, request, &struct{}{})
}

func forget(key string) error {
	return callService(hostCacheRemove, map[string]any{"key": key}, &struct{}{})
}
