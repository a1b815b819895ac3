//go:build wasip1

// The Segue server of the settings.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Navidrome ends a call after 30 s; a call makes up to three requests.
const requestTimeoutMs = 9000

type service struct {
	address string // without a slash at its end
	token   string
}

// A failed request. Status 0: the settings are wrong, or there was no reply.
type requestError struct {
	status  int
	message string
}

func (e requestError) Error() string { return e.message }

func statusOf(err error) int {
	var failed requestError
	if errors.As(err, &failed) {
		return failed.status
	}
	return 0
}

// Whether Segue answered that it has no such song, artist or path.
func isUnknown(err error) bool {
	failed, ok := err.(requestError) // not one within another error: a listen that gets a 404 is an error
	return ok && failed.status == 404
}

func configured() (service, error) {
	address := strings.TrimRight(strings.TrimSpace(setting("url")), "/")
	token := strings.TrimSpace(setting("token"))
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return service{}, fmt.Errorf("setting url: expected the address of segue serve, such as http://192.168.1.5:8080, found %q",
			address)
	}
	if token == "" {
		return service{}, errors.New("setting token: expected a token of segue token create, found none")
	}
	return service{address: address, token: token}, nil
}

func (s service) get(path string, query url.Values, reply any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return s.ask(httpRequest{Method: "GET", URL: s.address + path}, reply)
}

func (s service) post(path string, body, reply any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return s.ask(httpRequest{Method: "POST", URL: s.address + path, Body: text}, reply)
}

// Reads the reply if its status is 200, or else returns a requestError.
func (s service) ask(request httpRequest, reply any) error {
	request.TimeoutMs = requestTimeoutMs
	request.Headers = map[string]string{"Authorization": "Bearer " + s.token, "Accept": "application/json"}
	if request.Body != nil {
		request.Headers["Content-Type"] = "application/json"
	}
	received, err := sendHTTP(request)
	if err != nil {
		return requestError{0, fmt.Sprintf("%s cannot be reached (setting url; is segue serve running?): %v", s.address, err)}
	}
	if received.StatusCode == 200 {
		err = json.Unmarshal(received.Body, reply)
	}
	message := messageOf(received.Body)
	isForeign := received.StatusCode == 404 && message == ""
	if err != nil || isForeign {
		return requestError{0, fmt.Sprintf("%s does not answer as segue serve does (setting url): status %d, %.200q", s.address,
			received.StatusCode, received.Body)}
	}
	if received.StatusCode != 200 {
		return requestError{received.StatusCode, s.complaint(received.StatusCode, message)}
	}
	return nil
}

// What to say of a reply that is an error.
func (s service) complaint(status int, message string) string {
	switch status {
	case 401:
		return fmt.Sprintf("%s does not know the token (setting token): %s", s.address, message)
	case 403:
		return fmt.Sprintf("%s: the token does not permit this (setting token): %s", s.address, message)
	}
	return fmt.Sprintf("%s replied with status %d: %s", s.address, status, message)
}

// Segue's routes have {"error": {"message": TEXT}}, those of other protocols {"error": TEXT}. "" if there is neither.
func messageOf(body []byte) string {
	var plain struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &plain) == nil && plain.Error != "" {
		return plain.Error
	}
	var nested struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &nested) == nil {
		return nested.Error.Message
	}
	return ""
}

// When the plugin is loaded: whether the server can be reached, and what the token permits.
func checkSettings(struct{}) (struct{}, error) {
	segue, err := configured()
	if err == nil {
		err = segue.introduce()
	}
	if err != nil {
		err = fmt.Errorf("the plugin cannot work yet: %w", err)
	}
	return struct{}{}, err
}

func (s service) introduce() error {
	var tasks map[string]any
	if err := s.get("/api/active_tasks", nil, &tasks); err != nil {
		return err
	}
	var token struct {
		User string `json:"user_name"`
	}
	if err := s.get("/1/validate-token", nil, &token); err != nil {
		return err
	}
	whose := "of every listener; lists follow the songs asked about"
	if token.User != "" {
		whose = "of " + token.User + "; lists are theirs"
	}
	if err := s.submit(nil); err != nil {
		if statusOf(err) != 403 {
			return err
		}
		logged(hostLogWarning, "segue: plays are not sent: %v", err)
		return nil
	}
	logged(hostLogInfo, "segue: connected to %s; sends the plays %s", s.address, whose)
	return nil
}
