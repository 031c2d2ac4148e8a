package config

import (
	"reflect"
)

// prefix begins the name of every variable.
const prefix = "GP"

// raw holds the variables as they stand in the environment. It is the one list of settings: the documentation's table
// and the help are made from its tags.
type raw struct {
	Bootstrap          string `default:"false" desc:"run as a bootstrap node: rendezvous only, no price, no signature, no database"`
	BootstrapAddr      string `desc:"where bootstrap nodes are reached, comma list of multiaddrs that end in /p2p/ID"`
	ConnectionAddr     string `default:"/ip4/0.0.0.0/tcp/8000" desc:"where to listen for peers, comma list of multiaddrs"`
	ExternalAddr       string `desc:"what to announce to peers instead of the listen addresses, comma list of multiaddrs"`
	Network            string `default:"gossip-price" desc:"name of the network; networks of different names never mix"`
	NetworkKey         string `secret:"true" desc:"32 bytes hex shared by the network; without it not even a handshake succeeds"`
	Signers            string `desc:"the roster: comma list of the signer addresses that count; unset: an open network, anyone counts"`
	AllowedPeers       string `desc:"peer IDs let in besides the roster and the bootstrap nodes, comma list"`
	MinimumSignerCount string `default:"3" desc:"quorum: distinct signers that make a price verified"`
	Proposers          string `default:"16" desc:"how many of the roster propose a price in a round"`
	PrivateKey         string `secret:"true" desc:"the node's secp256k1 key, 64 hex digits: signer and peer identity"`
	KeyFile            string `desc:"file with the key instead; unset: node.key in GP_DATADIR, made on the first start"`
	DataDir            string `desc:"folder for the key, the journal and the embedded price store; default ~/.gossip-price"`
	DatabaseURL        string `secret:"url" desc:"price store: postgres://USER:PASSWORD@HOST/DB or sqlite:FILE; unset: prices.db in GP_DATADIR"`
	NodeDatabaseURL    string `secret:"url" desc:"read by migrate only: what nodes have as GP_DATABASEURL; its user is made and gets the rights of a node"`
	Pairs              string `default:"ETH-USD" desc:"what to watch, comma list of BASE-QUOTE"`
	PriceURL           string `default:"https://api.coinbase.com" secret:"url" desc:"where prices come from: Coinbase, or a server that answers like it"`
	FetchPriceInterval string `default:"10m" desc:"length of a round; a bare number is seconds"`
	PriceFreshness     string `desc:"how far from an observation the own price may have been fetched to co-sign it; default 30s, or the interval if shorter"`
	MaxDeviation       string `default:"1%" desc:"how far from the own price a price may be to be co-signed"`
	SettlePeriod       string `default:"30s" desc:"how long after its last signature a price is written"`
	FlushInterval      string `default:"30s" desc:"how often settled prices are written"`
	ClockSkew          string `default:"5s" desc:"how far apart the clocks of honest nodes may be; a node whose clock is further from the others' proposes and co-signs nothing"`
	StageDelay         string `desc:"how long co-signers that are not needed at once wait for those that are; unset: measured, from 50ms to 5s and at most a tenth of a round"`
	APIAddr            string `default:"127.0.0.1:9000" desc:"where HTTP is served: / for people, /healthz, /readyz, /metrics, and /v1, which /v1/openapi.json describes; HOST:PORT"`
	APIOrigins         string `desc:"web pages whose scripts may read the API, comma list of origins such as https://example.com, or *; unset: none"`
	LogLevel           string `default:"info" desc:"debug, info, warn or error"`
	LogFormat          string `default:"auto" desc:"text, json, or auto: text on a terminal, json elsewhere"`
}

// Setting is one variable.
type Setting struct {
	Name        string // GP_...
	Default     string
	Description string
	Value       string // what is in force, secrets redacted; empty in Settings
	secret      string // "", "true" or "url"
}

// Settings returns all variables in the order of the documentation.
func Settings() []Setting {
	var r raw
	return r.settings()
}

// settings lists the variables with their values as they stand in r.
func (r *raw) settings() []Setting {
	v := reflect.ValueOf(r).Elem()
	list := make([]Setting, v.NumField())
	for i := range list {
		f := v.Type().Field(i)
		list[i] = Setting{
			Name:        variable(f.Name),
			Default:     f.Tag.Get("default"),
			Description: f.Tag.Get("desc"),
			Value:       v.Field(i).String(),
			secret:      f.Tag.Get("secret"),
		}
	}
	return list
}

// fillDefaults sets every empty variable that has a fixed default: an empty variable counts as unset.
func (r *raw) fillDefaults() {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if v.Field(i).Len() == 0 {
			v.Field(i).SetString(v.Type().Field(i).Tag.Get("default"))
		}
	}
}
