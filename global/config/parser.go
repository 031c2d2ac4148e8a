package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// parser turns the variables into a Config and gathers their faults.
type parser struct{ faults []string }

// fault notes that a variable is wrong and what would be right.
func (p *parser) fault(name, value, want string) {
	if strings.ContainsFunc(value, unicode.IsControl) { // one fault, one line
		value = strconv.Quote(value)
	}
	p.faults = append(p.faults, fmt.Sprintf("%s=%s: want %s", name, value, want))
}

// config parses every variable. A field whose variable is at fault stays zero.
func (p *parser) config(r *raw) Config {
	if r.DataDir == "" {
		r.DataDir = defaultDataDir()
	}
	c := Config{
		Bootstrap:          p.boolean("GP_BOOTSTRAP", r.Bootstrap),
		BootstrapAddr:      p.addrInfos("GP_BOOTSTRAPADDR", r.BootstrapAddr),
		ConnectionAddr:     p.multiaddrs("GP_CONNECTIONADDR", r.ConnectionAddr),
		ExternalAddr:       p.multiaddrs("GP_EXTERNALADDR", r.ExternalAddr),
		Network:            p.network(r.Network),
		NetworkKey:         p.networkKey(r.NetworkKey),
		Signers:            p.signers(r.Signers),
		AllowedPeers:       p.peerIDs("GP_ALLOWEDPEERS", r.AllowedPeers),
		MinimumSignerCount: p.integer("GP_MINIMUMSIGNERCOUNT", r.MinimumSignerCount),
		Proposers:          p.integer("GP_PROPOSERS", r.Proposers),
		PrivateKey:         p.privateKey(r.PrivateKey),
		KeyFile:            r.KeyFile,
		DataDir:            r.DataDir,
		DatabaseURL:        p.databaseURL(r.DatabaseURL),
		NodeDatabaseURL:    p.postgresURL("GP_NODEDATABASEURL", r.NodeDatabaseURL, wantPostgres),
		Pairs:              p.pairs(r.Pairs),
		PriceURL:           p.httpURL("GP_PRICEURL", r.PriceURL),
		FetchPriceInterval: p.seconds("GP_FETCHPRICEINTERVAL", r.FetchPriceInterval, maxInterval),
		MaxDeviation:       p.ppm("GP_MAXDEVIATION", r.MaxDeviation),
		SettlePeriod:       p.seconds("GP_SETTLEPERIOD", r.SettlePeriod, maxPeriod),
		FlushInterval:      p.seconds("GP_FLUSHINTERVAL", r.FlushInterval, maxPeriod),
		ClockSkew:          p.duration("GP_CLOCKSKEW", r.ClockSkew, 0, maxSkew),
		APIAddr:            p.hostPort("GP_APIADDR", r.APIAddr),
		APIOrigins:         p.origins("GP_APIORIGINS", r.APIOrigins),
		LogFormat:          p.oneOf("GP_LOGFORMAT", r.LogFormat, "auto", "text", "json"),
	}
	if c.LogLevel.UnmarshalText([]byte(r.LogLevel)) != nil {
		p.fault("GP_LOGLEVEL", r.LogLevel, "debug, info, warn or error")
	}
	longest := c.FetchPriceInterval
	if longest == 0 { // at fault itself
		longest = maxInterval
	}
	if r.PriceFreshness == "" {
		r.PriceFreshness = min(defaultFreshness, longest).String()
	}
	c.PriceFreshness = p.duration("GP_PRICEFRESHNESS", r.PriceFreshness, time.Millisecond, longest)
	if r.StageDelay != "" {
		c.StageDelay = p.duration("GP_STAGEDELAY", r.StageDelay, time.Millisecond, maxStageDelay)
	}
	return c
}

// Bounds of the durations.
const (
	maxInterval      = 24 * time.Hour
	maxPeriod        = time.Hour
	maxSkew          = time.Minute
	maxStageDelay    = time.Minute
	defaultFreshness = 30 * time.Second
)
