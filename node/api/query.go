package api

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

func parseLimit(text string) (int, error) {
	if text == "" {
		return defaultRecords, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > MaxRecords {
		return 0, fmt.Errorf("limit is %.20q, want 1 to %d", text, MaxRecords)
	}
	return limit, nil
}

func parseRefusalQuery(values url.Values) (q RefusalQuery, err error) {
	if q.Limit, err = parseLimit(values.Get("limit")); err != nil {
		return q, err
	}
	if text := values.Get("pair"); text != "" {
		if q.Pair, err = price.ParsePair(text); err != nil {
			return q, fmt.Errorf("pair is %.30q, want one such as ETH-USD", text)
		}
	}
	if text := values.Get("round"); text != "" {
		round, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return q, fmt.Errorf("round is %.30q, want the unix second at which it starts", text)
		}
		q.Round = consensus.Round(round)
	}
	text := values.Get("id")
	q.ID, err = hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(q.ID) > len(signing.Digest{}) {
		return q, fmt.Errorf("id is %.80q, want 0x and up to 64 hex digits, two a byte", text)
	}
	return q, nil
}
