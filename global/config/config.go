// Package config reads the settings of a node from GP_ variables, once, and tells all faults at once.
package config

import (
	"log/slog"
	"path/filepath"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Config is a valid set of settings. Load makes one from the environment; a program that embeds nodes may fill one
// itself. The fields are named and ordered as the variables are.
type Config struct {
	Bootstrap          bool
	BootstrapAddr      []peer.AddrInfo
	ConnectionAddr     []multiaddr.Multiaddr
	ExternalAddr       []multiaddr.Multiaddr
	Network            string
	NetworkKey         []byte // 32 bytes, or none
	Signers            []signing.Address
	AllowedPeers       []peer.ID
	MinimumSignerCount int
	Proposers          int
	PrivateKey         signing.Key // zero: KeyFile holds it
	KeyFile            string
	DataDir            string
	DatabaseURL        string // empty: prices.db in DataDir
	NodeDatabaseURL    string // of the nodes' own database role, for migrations; nodes don't read it
	Pairs              []price.Pair
	PriceURL           string
	FetchPriceInterval time.Duration
	PriceFreshness     time.Duration
	MaxDeviation       uint64 // ppm
	SettlePeriod       time.Duration
	FlushInterval      time.Duration
	ClockSkew          time.Duration
	StageDelay         time.Duration // 0: measured
	APIAddr            string
	APIOrigins         []string // "*": all
	LogLevel           slog.Level
	LogFormat          string // auto, text or json

	shown []Setting // with the values in force, for Values
}

// Values returns the settings in force of a Config that Load has made, in the order of the documentation, secrets redacted.
func (c Config) Values() []Setting { return c.shown }

// KeyPath returns the file that holds the key when GP_PRIVATEKEY is unset.
func (c Config) KeyPath() string {
	if c.KeyFile != "" {
		return c.KeyFile
	}
	return filepath.Join(c.DataDir, "node.key")
}

// JournalPath returns the file of the node's journal.
func (c Config) JournalPath() string { return filepath.Join(c.DataDir, "node.db") }

// StoreURL returns the URL of the price store: DatabaseURL, or the embedded store in DataDir.
func (c Config) StoreURL() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return embeddedScheme + filepath.Join(c.DataDir, "prices.db")
}
