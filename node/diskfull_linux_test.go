package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// A node whose disk is full signs nothing, says so, and goes on by itself with space: each price that it proposed is stored.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	m := newMember(t, newKey(t))
	m.cfg.FetchPriceInterval = time.Second
	m.cfg.DataDir = t.TempDir()
	switch err := syscall.Mount("tmpfs", m.cfg.DataDir, "tmpfs", 0, "size=1m"); {
	case errors.Is(err, syscall.EPERM): // a right that the user has not: scripts/test.sh says so
		t.Skipf("mount: %v", err)
	case err != nil:
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(m.cfg.DataDir, syscall.MNT_DETACH) })
	m.start()
	m.wait(node.Stored)
	ballast, err := os.Create(filepath.Join(m.cfg.DataDir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = ballast.Write(make([]byte, 512))
	}
	if _ = ballast.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	eventually(t, "the fault told", func() bool {
		return hasLine(m.logged(), "level=ERROR", "no space left on the disk, make some") && len(m.node.Ready()) > 0
	})
	proposed := len(m.steps(node.Proposed))
	rounds := strings.Count(m.logged(), "propose price")
	eventually(t, "two rounds without a proposal", func() bool { return strings.Count(m.logged(), "propose price") > rounds+1 })
	if n := len(m.steps(node.Proposed)); n > proposed+1 { // one was on its way
		t.Errorf("%d prices proposed on a full disk", n-proposed)
	}
	if err := syscall.Mount("", m.cfg.DataDir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	proposed = len(m.steps(node.Proposed))
	eventually(t, "proposals again", func() bool { return len(m.steps(node.Proposed)) > proposed+1 })
	eventually(t, "all stored", func() bool { return len(m.steps(node.Stored)) >= proposed+1 })
	eventually(t, "readiness", func() bool { return len(m.node.Ready()) == 0 })
}
