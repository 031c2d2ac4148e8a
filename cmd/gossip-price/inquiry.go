package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// inquiry asks one node several things.
type inquiry struct {
	base  string       // the URL of its HTTP server
	pairs []price.Pair // of the settings
	own   bool         // the settings are the node's
}

// inquiryOf returns what asks the node that a flag names, or that of the settings. Where a node is named, the settings need
// not be right.
func inquiryOf(flagged string) (inquiry, error) {
	cfg, err := config.Load()
	if flagged != "" {
		return inquiry{base: strings.TrimRight(flagged, "/"), pairs: cfg.Pairs}, nil
	}
	return inquiry{base: "http://" + api.Dialable(cfg.APIAddr), pairs: cfg.Pairs, own: true}, err
}

// refusal is an answer that does not have what was asked for.
type refusal struct {
	status int
	detail string
}

func (r refusal) Error() string { return r.detail }

// Bounds of an inquiry.
const (
	maxAnswer = 64 << 20 // bytes: the network of 1000 nodes with who received how much of whom
	busyTries = 3        // questions to a node that says that it is busy
	busyWait  = 300 * time.Millisecond
)

// get asks for a path and reads the JSON of an answer of the status 200. Errors are a refusal, or that of a node that did not
// answer.
func (q inquiry) get(ctx context.Context, path string, into any) error {
	for try := 1; ; try++ {
		err := q.try(ctx, path, into)
		var r refusal
		if !errors.As(err, &r) || r.status != http.StatusServiceUnavailable || try == busyTries {
			return err
		}
		if !global.Wait(ctx, busyWait) {
			return err
		}
	}
}

// try asks once. Answers of the other statuses are read too.
func (q inquiry) try(ctx context.Context, path string, into any, others ...int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, q.base+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("%w: --url: %w", errUsage, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if wrapper := new(url.Error); errors.As(err, &wrapper) {
		return wrapper.Err // who asked knows the URL
	}
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body := io.LimitReader(resp.Body, maxAnswer)
	if resp.StatusCode != http.StatusOK && !slices.Contains(others, resp.StatusCode) {
		return refused(resp, body)
	}
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return refusal{resp.StatusCode, "the answer can't be read: " + err.Error()}
	}
	return nil
}

// refused returns the answer's reason: the detail of a problem (RFC 9457), or its status.
func refused(resp *http.Response, body io.Reader) error {
	var problem struct {
		Detail string `json:"detail"`
	}
	r := refusal{resp.StatusCode, resp.Status}
	if json.NewDecoder(io.LimitReader(body, maxShown)).Decode(&problem) == nil && problem.Detail != "" {
		r.detail = problem.Detail
	}
	return r
}
