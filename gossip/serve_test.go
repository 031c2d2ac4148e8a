package gossip_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/gossip"
)

const echo = "/gossip-price/test/echo/1"

// serving returns a configuration with an echo that a handler may replace.
func serving(handler gossip.Handler) gossip.Config {
	if handler == nil {
		handler = func(_ context.Context, _ peer.ID, request []byte) ([]byte, error) { return request, nil }
	}
	return gossip.Config{Serve: []gossip.ServeConfig{{
		Protocol: echo, MaxRequest: 1024, MaxResponse: 1 << 20, Handler: handler,
	}}}
}

// asking starts a node that serves and one that may ask it.
func asking(t *testing.T, handler gossip.Handler) (server, client *node) {
	t.Helper()
	server = start(t, gossip.HostConfig{}, serving(handler))
	cfg := serving(nil)
	cfg.Bootstrap = []peer.AddrInfo{server.info()}
	client = start(t, gossip.HostConfig{}, cfg)
	eventually(t, "meet", meshed(server, client))
	return server, client
}

func TestAsk(t *testing.T) {
	t.Parallel()
	server, client := asking(t, nil)
	for _, request := range []string{"", "hello", string(bytes.Repeat([]byte("x"), 1024))} {
		answer, err := client.Ask(t.Context(), server.host.ID(), echo, []byte(request))
		if err != nil || string(answer) != request {
			t.Errorf("Ask of %d bytes = %d bytes, %v", len(request), len(answer), err)
		}
	}
	if _, err := client.Ask(t.Context(), server.host.ID(), echo, make([]byte, 1025)); err == nil {
		t.Error("a request that is too long was answered")
	}
	if _, err := client.Ask(t.Context(), server.host.ID(), "/other", nil); err == nil {
		t.Error("asked by a protocol that is none")
	}
	if c := server.Counts(); c.AsksAnswered != 3 || c.AsksRefused != 1 {
		t.Errorf("counts: %d answered, %d refused", c.AsksAnswered, c.AsksRefused)
	}
}

func TestAskOldPeer(t *testing.T) {
	t.Parallel()
	old := start(t, gossip.HostConfig{}, gossip.Config{})
	cfg := serving(nil)
	cfg.Bootstrap = []peer.AddrInfo{old.info()}
	client := start(t, gossip.HostConfig{}, cfg)
	eventually(t, "meet", meshed(old, client))
	if _, err := client.Ask(t.Context(), old.host.ID(), echo, nil); !errors.Is(err, gossip.ErrNotServed) {
		t.Errorf("Ask = %v", err)
	}
}

// A peer gets one answer at a time; one that asks on meanwhile gets none, and is cut if it goes on so. The others are
// answered.
func TestAskOneAtATime(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	release := make(chan struct{})
	server, client := asking(t, func(ctx context.Context, _ peer.ID, request []byte) ([]byte, error) {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		if string(request) == "wait" {
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return request, nil
	})
	waits := make(chan error, 1)
	go func() {
		_, err := client.Ask(t.Context(), server.host.ID(), echo, []byte("wait"))
		waits <- err
	}()
	eventually(t, "the first request", func() bool { return running.Load() == 1 })
	if _, err := client.Ask(t.Context(), server.host.ID(), echo, []byte("x")); err == nil {
		t.Error("a second request was answered meanwhile")
	}
	close(release)
	if err := <-waits; err != nil {
		t.Errorf("the first request: %v", err)
	}
	if _, err := client.Ask(t.Context(), server.host.ID(), echo, []byte("x")); err != nil {
		t.Errorf("a request after it: %v", err)
	}
	if most.Load() != 1 {
		t.Errorf("%d handlers at once", most.Load())
	}
}

// Whoever opens requests without end beside one that is answered floods.
func TestAskFlood(t *testing.T) {
	t.Parallel()
	server := start(t, gossip.HostConfig{}, serving(func(ctx context.Context, _ peer.ID, _ []byte) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}))
	v := newVillain(t, gossip.HostConfig{}, server, false)
	var asking sync.WaitGroup
	for range 8 { // one waits for the first answer, the others' requests are refused at once
		asking.Go(func() {
			for i := 0; i < 500 && v.connected(); i++ {
				if s, err := v.host.NewStream(t.Context(), server.host.ID(), echo); err == nil {
					_, _ = s.Write([]byte{1, 'x'})
					_, _ = s.Read(make([]byte, 1))
					_ = s.Reset()
				}
			}
		})
	}
	eventually(t, "cut", func() bool { return server.Counts().Cut == 1 })
	asking.Wait()
}

func TestAskBadRequests(t *testing.T) {
	t.Parallel()
	server, client := asking(t, func(context.Context, peer.ID, []byte) ([]byte, error) {
		return nil, fmt.Errorf("read: %w", gossip.ErrBadRequest)
	})
	for range 5 {
		if _, err := client.Ask(t.Context(), server.host.ID(), echo, nil); err == nil {
			t.Error("answered")
		}
	}
	eventually(t, "cut", func() bool { return server.Counts().Cut == 1 })
}

// hostile peers answer nothing, too much, or never end; the asker comes back.
func TestAskHostile(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(network.Stream){
		"too long": func(s network.Stream) { _, _ = s.Write([]byte{0xff, 0xff, 0xff, 0xff, 0x7f}) },
		"no size":  func(s network.Stream) { _, _ = s.Write(bytes.Repeat([]byte{0xff}, 100)) },
		"half":     func(s network.Stream) { _, _ = s.Write([]byte{5, 'x'}); _ = s.Close() },
		"reset":    func(s network.Stream) { _ = s.Reset() },
		"silence":  func(network.Stream) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := start(t, gossip.HostConfig{}, serving(nil))
			h := bare(t)
			h.SetStreamHandler(echo, answer)
			if err := h.Connect(t.Context(), client.info()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience/10)
			defer cancel()
			var err error
			eventually(t, "identified", func() bool {
				_, err = client.Ask(ctx, h.ID(), echo, []byte("x"))
				return !errors.Is(err, gossip.ErrNotServed)
			})
			if err == nil {
				t.Error("answered")
			}
		})
	}
}

func bare(t *testing.T) host.Host {
	t.Helper()
	h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: loopback()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// Close waits for no peer that asks and does not read, or sends half a request.
func TestCloseWhileAsked(t *testing.T) {
	t.Parallel()
	server := start(t, gossip.HostConfig{}, serving(nil))
	v := newVillain(t, gossip.HostConfig{}, server, false)
	s, err := v.host.NewStream(t.Context(), server.host.ID(), echo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte{5, 'x'}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	server.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopped within %v", took)
	}
}
