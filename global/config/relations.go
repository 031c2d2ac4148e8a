package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/global"
)

// relations checks the settings against each other. Fields that are zero had a fault of their own.
func (p *parser) relations(c *Config) {
	quorum := strconv.Itoa(c.MinimumSignerCount)
	if n := len(c.Signers); n > 0 && c.MinimumSignerCount > n && !p.mentions("GP_SIGNERS") {
		p.fault("GP_MINIMUMSIGNERCOUNT", quorum, fmt.Sprintf("at most the %d signers of GP_SIGNERS", n))
	}
	if len(c.Signers) == 0 && c.MinimumSignerCount > global.MaxOpenProposers {
		p.fault("GP_MINIMUMSIGNERCOUNT", quorum,
			fmt.Sprintf("at most %d in an open network; GP_SIGNERS closes it", global.MaxOpenProposers))
	}
	if c.StageDelay >= c.FetchPriceInterval && c.FetchPriceInterval > 0 {
		p.fault("GP_STAGEDELAY", c.StageDelay.String(), "less than GP_FETCHPRICEINTERVAL, "+c.FetchPriceInterval.String())
	}
	if !c.PrivateKey.IsZero() && c.KeyFile != "" {
		p.fault("GP_KEYFILE", c.KeyFile, "GP_KEYFILE or GP_PRIVATEKEY, not both")
	}
	if c.DataDir == "" {
		p.fault("GP_DATADIR", "", "a folder, since this user has no home")
	}
	if c.NetworkKey != nil {
		p.overTCP("GP_CONNECTIONADDR", c.ConnectionAddr)
		p.overTCP("GP_EXTERNALADDR", c.ExternalAddr)
	}
	if len(c.ConnectionAddr) == 0 && !p.mentions("GP_CONNECTIONADDR") {
		p.fault("GP_CONNECTIONADDR", "", "at least one multiaddr")
	}
}

// overTCP refuses addresses that have no private networks.
func (p *parser) overTCP(name string, addrs []multiaddr.Multiaddr) {
	for _, a := range addrs {
		if strings.Contains(a.String(), "/udp/") {
			p.fault(name, a.String(), "TCP only: UDP and QUIC have no private networks (GP_NETWORKKEY)")
		}
	}
}

// mentions tells whether a variable is at fault already.
func (p *parser) mentions(name string) bool {
	for _, f := range p.faults {
		if strings.HasPrefix(f, name+"=") {
			return true
		}
	}
	return false
}
