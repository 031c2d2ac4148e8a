package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// policy lets the page use what the node serves, and nothing else: no inline script or style, no form, no frame.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// renderTimeout bounds what one page may ask of the node.
const renderTimeout = 5 * time.Second

// Board is an http.Handler that serves the page at / and what it is made with under /assets/. It is safe for concurrent use: one
// page is made at a time, for all who ask meanwhile.
type Board struct {
	kit  func() kit // read when it is asked for first: most nodes of a simulation are never looked at
	kept kept
	make func(ctx context.Context, k kit) ([]byte, error)
}

// New returns the board of a node.
func New(source Source) *Board {
	return &Board{kit: sync.OnceValue(load), make: func(ctx context.Context, k kit) ([]byte, error) {
		p := newPage(ctx, source)
		p.Links = k.links
		return render(k.pages, "board.html", p)
	}}
}

// NewPlain returns the board of a node that has its checks to show and some paragraphs, such as a bootstrap node.
func NewPlain(title, version string, node api.Checker, words func() []string) *Board {
	return &Board{kit: sync.OnceValue(load), make: func(_ context.Context, k kit) ([]byte, error) {
		now := time.Now()
		h := newHealth(node.Checks(), nil, newNames(api.Network{}), now)
		if h.State == api.CheckWarning {
			h.Headline = "Somebody should look"
		}
		return render(k.pages, "plain.html", plain{title, version, h, words(), now.UTC(), k.links})
	}}
}

// plain is a page of checks and words.
type plain struct {
	Title, Version string
	Health         health
	Words          []string
	Time           time.Time
	Links          links
}

// ServeHTTP serves / and /assets/; it takes GET and HEAD alike.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	k := b.kit()
	if a, ok := k.assets[r.URL.Path]; ok {
		h.Set("Cache-Control", "public, max-age=31536000, immutable") // another content has another path
		send(w, a.media, a.body)
		return
	}
	h.Set("Cache-Control", "no-store") // an asset that is missing during an upgrade is there after it
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		http.Error(w, "no such file; a page of another version may have asked for it", http.StatusNotFound)
		return
	}
	body, err := b.kept.page(func() ([]byte, error) {
		// Who asked first may go away: the page is for all.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), renderTimeout)
		defer cancel()
		return b.make(ctx, k)
	})
	if err != nil {
		http.Error(w, fmt.Sprintf("the page can't be made: %v", err), http.StatusInternalServerError)
		return
	}
	send(w, "text/html; charset=utf-8", body)
}

func send(w http.ResponseWriter, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that went away misses nothing
}
