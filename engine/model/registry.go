package model

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// seeRepository stands for a licence that is not known here.
const seeRepository = "see the repository"

//go:embed registry.json
var registryFile []byte

// Entry is a model that is known by name and can be pulled.
type Entry struct {
	Name    string `json:"name"`
	Repo    string `json:"repo"` // owner/name on the hub
	About   string `json:"about"`
	License string `json:"license"`
}

// Registry lists the models known by name, but for the demo model.
func Registry() ([]Entry, error) {
	var entries []Entry
	if err := json.Unmarshal(registryFile, &entries); err != nil {
		return nil, fmt.Errorf("model registry: %w", err)
	}
	for i := range entries {
		setDefault(&entries[i].License, seeRepository)
	}
	return entries, nil
}

// find looks a model up by its name or repository.
func find(name string) (Entry, bool) {
	entries, err := Registry()
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Name == name || e.Repo == name })
	if err != nil || i < 0 {
		return Entry{}, false
	}
	return entries[i], true
}

// unknown is the error for a name that is no model here. It wraps ErrUnknown and says what to do.
func unknown(name string) error {
	if e, ok := find(name); ok {
		return fmt.Errorf("%w %q: it is not on this machine yet; `videogem models pull %s` fetches it from %s", ErrUnknown, name, e.Name, e.Repo)
	}
	names := []string{Demo}
	entries, err := Registry()
	if err != nil {
		return err
	}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return fmt.Errorf("%w %q: use one of %s (`videogem models pull NAME` fetches all but %s), a model folder, or a checkpoint file",
		ErrUnknown, name, strings.Join(names, ", "), Demo)
}
