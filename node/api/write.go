package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// write answers with the JSON of body. It writes nothing when there is none, and returns why.
func write(w http.ResponseWriter, media string, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	text = append(text, '\n')
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away misses nothing
	return nil
}
