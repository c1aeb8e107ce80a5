package kit

import (
	"log"
	"log/slog"
	"regexp"
	"strings"
)

// ServerLog takes what the HTTP server says of itself into the structured log.
// The server quotes addresses, headers and what a handler panicked with, any of
// which may name a person: only what kind of thing happened is written, and for
// a panic the places in the code.
func ServerLog(to *slog.Logger) *log.Logger { return log.New(serverLog{to}, "", 0) }

type serverLog struct{ to *slog.Logger }

// places are where a panic went through.
var places = regexp.MustCompile(`\w+\.go:\d+`)

// kinds are what the server says, by how it begins.
func kinds() map[string]string {
	return map[string]string{
		"http: panic serving":                               "panic",
		"http: TLS handshake error":                         "tls",
		"http: Accept error":                                "accept",
		"http: superfluous response":                        "answered twice",
		"http: URL query contains semicolon":                "query",
		"http: response.":                                   "late answer",
		"http2: ":                                           "http2",
		"http: Request.":                                    "request",
		"http: received unexpected":                         "request",
		"http: multiple response.WriteHeader":               "answered twice",
		"http: ResponseController":                          "response",
		"http: response body":                               "response",
		"http: connection has been hijacked":                "hijacked",
		"http: suspiciously long trailer":                   "request",
		"http: invalid":                                     "header",
		"http: CloseNotify called after ServeHTTP finished": "late answer",
	}
}

// Write takes one message.
func (l serverLog) Write(p []byte) (int, error) {
	said, what := string(p), "other"
	for begins, kind := range kinds() {
		if strings.HasPrefix(said, begins) {
			what = kind
		}
	}
	args := []any{"what", what}
	if what == "panic" {
		all := places.FindAllString(said, 20)
		args = append(args, "at", strings.Join(all, " "))
	}
	l.to.Error("server", args...)
	return len(p), nil
}
