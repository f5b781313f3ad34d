package model

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
)

// fileNames lists the files of a folder.
func fileNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// chooseWeights picks the checkpoint among the files of a folder or a hub's repository; after the first come the shards that it
// names. Safetensors come before pickles, and OpenCLIP's own file before Hugging Face's when its configuration is there.
func chooseWeights(names []string) ([]string, error) {
	var own []string
	for _, n := range names {
		if !strings.ContainsAny(n, `/\`) {
			own = append(own, n)
		}
	}
	slices.Sort(own)
	wanted := []string{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"}
	if slices.Contains(own, openCLIPConfig) {
		wanted = []string{"open_clip_model.safetensors", "model.safetensors", "model.safetensors.index.json", "open_clip_pytorch_model.bin", "pytorch_model.bin"}
	}
	for _, w := range wanted {
		if slices.Contains(own, w) {
			return withShards(w, own), nil
		}
	}
	for _, pattern := range []string{"*.safetensors.index.json", "*.safetensors", "*.pt", "*.pth", "*.bin"} {
		var found []string
		for _, n := range own {
			if ok, err := path.Match(pattern, n); err == nil && ok {
				found = append(found, n)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return withShards(found[0], own), nil
		default:
			return nil, fmt.Errorf("%w: %s could each be the checkpoint: write the one to use into model.json as \"checkpoint\", or name the file itself",
				ErrConfig, strings.Join(found, ", "))
		}
	}
	return nil, fmt.Errorf("%w: no .safetensors, .pt, .pth or .bin file is there", ErrConfig)
}

// withShards adds the files that belong to an index: stem-00001-of-00002.safetensors and so on.
func withShards(name string, names []string) []string {
	all := []string{name}
	stem, ok := strings.CutSuffix(name, ".safetensors.index.json")
	if !ok {
		return all
	}
	for _, n := range names {
		if strings.HasPrefix(n, stem+"-") && strings.Contains(n, "-of-") && strings.HasSuffix(n, ".safetensors") {
			all = append(all, n)
		}
	}
	return all
}
