package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// String returns the fields with secrets redacted, so that a Config that is printed or logged by mistake shows none. The
// fields are named as the variables are, so the tags of the one list of settings say what is secret.
func (c Config) String() string {
	v, tags := reflect.ValueOf(c), reflect.TypeFor[raw]()
	var shown []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		value, secret := fmt.Sprint(v.Field(i).Interface()), ""
		if tag, known := tags.FieldByName(f.Name); known {
			secret = tag.Tag.Get("secret")
		}
		switch {
		case secret == "" || v.Field(i).IsZero():
		case secret == "url":
			value = RedactURL(value)
		default:
			value = "(set)"
		}
		shown = append(shown, f.Name+":"+value)
	}
	return "{" + strings.Join(shown, " ") + "}"
}

// GoString hides secrets from %#v as String does from %v.
func (c Config) GoString() string { return "config.Config" + c.String() }

// LogValue implements slog.LogValuer with String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText makes encoders write String and no fields: a Config is read from the environment, never from a file.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
