package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// openShards reads the files that an index names (Hugging Face's model.safetensors.index.json: weight_map from tensor to file).
func openShards(path string) (*Checkpoint, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open checkpoint: %w", err)
	}
	files, err := parseIndex(text)
	if err != nil {
		return nil, fmt.Errorf("index %s: %w: %w", path, ErrMalformed, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("index %s: %w: weight_map names no tensor", path, ErrMalformed)
	}
	all := &Checkpoint{tensors: map[string]*Tensor{}}
	for file, names := range files {
		if err := all.addShard(path, file, names); err != nil {
			return nil, errors.Join(err, all.Close())
		}
	}
	return all, nil
}

// parseIndex gives the names of tensors by file.
func parseIndex(text []byte) (map[string][]string, error) {
	files := map[string][]string{}
	dec := json.NewDecoder(bytes.NewReader(text))
	err := eachKey(dec, func(key string) error {
		if key != "weight_map" {
			var other any // sizes and the like
			return dec.Decode(&other)
		}
		return eachKey(dec, func(name string) error {
			var file string
			err := dec.Decode(&file)
			files[file] = append(files[file], name)
			return err
		})
	})
	return files, err
}

func (c *Checkpoint) addShard(index, file string, names []string) error {
	if filepath.Base(file) != file || !filepath.IsLocal(file) {
		return fmt.Errorf("index %s: %w: shard %q is not a file name in the same folder", index, ErrMalformed, file)
	}
	shard, err := openFile(filepath.Join(filepath.Dir(index), file))
	if err != nil {
		return err
	}
	c.mappings = append(c.mappings, shard.mappings...)
	c.modified = append(c.modified, shard.modified...)
	slices.Sort(names)
	for _, name := range names {
		t, err := shard.Tensor(name)
		if err != nil {
			return fmt.Errorf("index %s: shard %s: %w: %w", index, file, ErrMalformed, err)
		}
		c.tensors[name] = t
	}
	return nil
}
