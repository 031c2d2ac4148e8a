package api

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// schemas makes JSON schemas of Go types.
type schemas struct {
	known map[reflect.Type]*jsonschema.Schema // of types whose JSON is not that of their kind
}

func newSchemas() (*schemas, error) {
	s := &schemas{map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[price.Price]():       text(`^[0-9]{1,20}(\.[0-9]{1,18})?$`, "a decimal"),
		reflect.TypeFor[price.Pair]():        pairSchema(),
		reflect.TypeFor[signing.Address]():   text(`^0x[0-9a-fA-F]{40}$`, "an address with its EIP-55 checksum"),
		reflect.TypeFor[signing.Digest]():    digestSchema(),
		reflect.TypeFor[signing.Signature](): text(`^0x[0-9a-f]{130}$`, "r, s and v"),
		reflect.TypeFor[consensus.Time]():    timeSchema(),
		reflect.TypeFor[Cursor]():            cursorSchema(),
		reflect.TypeFor[consensus.Refusal](): oneOf(append(consensus.Refusals(), consensus.RefusedUnknown)...),
		reflect.TypeFor[consensus.Trouble](): oneOf(consensus.Troubles()...),
		reflect.TypeFor[CheckState]():        oneOf(CheckOK, CheckWarning, CheckFailing),
	}}
	for t, written := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[consensus.Row]():      reflect.TypeFor[row](),
		reflect.TypeFor[consensus.Evidence](): reflect.TypeFor[writtenEvidence](),
	} {
		made, err := s.of(written)
		if err != nil {
			return nil, err
		}
		s.known[t] = made
	}
	return s, nil
}

// of returns the schema of a type's JSON.
func (s *schemas) of(t reflect.Type) (*jsonschema.Schema, error) {
	made, err := jsonschema.ForType(t, &jsonschema.ForOptions{TypeSchemas: s.known})
	if err != nil {
		return nil, fmt.Errorf("make schema: %w", err)
	}
	neverNull(made)
	return made, nil
}

// neverNull takes null off the lists: an answer has empty ones instead.
func neverNull(s *jsonschema.Schema) {
	if slices.Equal(s.Types, []string{"null", "array"}) {
		s.Type, s.Types = "array", nil
	}
	if s.Items != nil {
		neverNull(s.Items)
	}
	for _, property := range s.Properties {
		neverNull(property)
	}
}

func text(pattern, about string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: pattern, Description: about}
}

func pairSchema() *jsonschema.Schema {
	return text(`^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$`, "a market: BASE-QUOTE")
}

func digestSchema() *jsonschema.Schema { return text(`^0x[0-9a-f]{64}$`, "an EIP-712 digest") }

func cursorSchema() *jsonschema.Schema {
	return text(`^[0-9]{1,12}-0x[0-9a-f]{64}$`, "where a page ends")
}

func timeSchema() *jsonschema.Schema {
	s := text(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`, "RFC 3339, UTC, milliseconds")
	s.Format = "date-time"
	return s
}

func oneOf[T ~string](values ...T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

// writtenEvidence is the JSON of consensus.Evidence.
type writtenEvidence struct {
	Network     string          `json:"network"`
	Pair        price.Pair      `json:"pair"`
	RoundTime   consensus.Time  `json:"round_time"`
	FirstSigner signing.Address `json:"first_signer"`
	Prices      []struct {
		ID           signing.Digest    `json:"id"`
		Price        price.Price       `json:"price"`
		ObservedTime consensus.Time    `json:"observed_time"`
		Signature    signing.Signature `json:"signature"`
	} `json:"prices"`
}
