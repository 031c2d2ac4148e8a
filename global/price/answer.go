package price

import (
	"encoding/json"
	"fmt"

	"github.com/cenkalti/backoff/v5"
)

// ratesPath is where Coinbase lists what one unit of a currency costs in every other one.
const ratesPath = "/v2/exchange-rates"

// answer is the JSON of that list. R is the form of a rate: left raw when reading, since only one of some 640 is wanted
// and none of the others may spoil it; a Price when writing.
type answer[R any] struct {
	Data rates[R] `json:"data"`
}

type rates[R any] struct {
	Currency string       `json:"currency"`
	Rates    map[string]R `json:"rates"`
}

// decode takes the price of pair out of an answer. A market that isn't listed will not be there at the next try either:
// that error is permanent.
func decode(body []byte, pair Pair) (Price, error) {
	var got answer[json.RawMessage]
	if err := json.Unmarshal(body, &got); err != nil {
		return Price{}, fmt.Errorf("%w: decode answer: %w", ErrSource, err)
	}
	if got.Data.Currency != pair.Base() {
		return Price{}, fmt.Errorf("%w: answer for currency %.20q, asked for %q",
			ErrSource, got.Data.Currency, pair.Base())
	}
	rate, listed := got.Data.Rates[pair.Quote()]
	if !listed {
		return Price{}, backoff.Permanent(fmt.Errorf("%w: no rate in %s", ErrSource, pair.Quote()))
	}
	var text string
	if err := json.Unmarshal(rate, &text); err != nil {
		return Price{}, fmt.Errorf("%w: decode rate in %s: %w", ErrSource, pair.Quote(), err)
	}
	price, err := Parse(text)
	if err != nil {
		return Price{}, fmt.Errorf("%w: rate in %s: %w", ErrSource, pair.Quote(), err)
	}
	return price, nil
}
