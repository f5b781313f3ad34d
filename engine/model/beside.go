package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/videogem/videogem/engine/onnx"
)

// ErrConfig means that a configuration file beside a checkpoint cannot be read, contradicts the checkpoint, or asks for what the towers
// here do not have.
var ErrConfig = errors.New("bad model configuration")

// The files that publishers put beside a checkpoint.
const (
	huggingFaceConfig  = "config.json"
	preprocessorConfig = "preprocessor_config.json"
	openCLIPConfig     = "open_clip_config.json"
)

// maxConfig is more than any configuration file has; preprocessor files are under 1 kB.
const maxConfig = 1 << 20

// beside is what the files beside a checkpoint say and the weights do not; zero values are left open.
type beside struct {
	family      Family
	visionHeads int
	textHeads   int
	activation  onnx.Activation
	byName      string // what was taken from the model's name; "" when nothing was
	mean, std   [3]float32
}

// readBeside reads the configuration files in a checkpoint's folder, those that belong to its layout: config.json is Hugging
// Face's, open_clip_config.json OpenCLIP's. name is what the model goes by. Errors wrap ErrConfig and name the file, the key and both values.
func readBeside(dir, name string, layout onnx.Layout, s onnx.Sizes) (beside, error) {
	var b beside
	var err error
	switch layout {
	case onnx.HuggingFace:
		err = b.readHuggingFace(filepath.Join(dir, huggingFaceConfig), s)
	case onnx.OpenAI:
		err = b.readOpenCLIP(filepath.Join(dir, openCLIPConfig), name, s)
	case onnx.ViCLIP: // its config.json says only which of two sizes it is
	}
	if err != nil {
		return beside{}, err
	}
	return b, b.readPreprocessor(filepath.Join(dir, preprocessorConfig))
}

// readPreprocessor reads Hugging Face's statistics of pixels, unless something else gave them.
func (b *beside) readPreprocessor(path string) error {
	var c struct {
		Mean []float32 `json:"image_mean"`
		Std  []float32 `json:"image_std"`
	}
	if there, err := readConfig(path, &c); !there || err != nil {
		return err
	}
	return b.statistics(path, "image_mean", c.Mean, "image_std", c.Std)
}

// statistics takes mean and standard deviation of the pixels.
func (b *beside) statistics(path, meanKey string, mean []float32, stdKey string, std []float32) error {
	if mean == nil && std == nil {
		return nil
	}
	if len(mean) != 3 || len(std) != 3 || slices.Min(std) <= 0 {
		return fmt.Errorf("%w: %s: %s is %v and %s is %v: wanted three numbers each, the latter over 0", ErrConfig, path, meanKey, mean, stdKey, std)
	}
	setDefault(&b.mean, [3]float32(mean))
	setDefault(&b.std, [3]float32(std))
	return nil
}

// readConfig decodes a file into c; there is false when it does not exist. Keys that are not in c are left alone.
func readConfig(path string, c any) (there bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fmt.Errorf("over %d bytes", maxConfig)
	}
	if err == nil {
		err = json.Unmarshal(data, c)
	}
	if err != nil {
		return true, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	return true, nil
}

// claim is a size that a configuration file states and the weights tell too; said is 0 where the file leaves it open.
type claim struct {
	key        string
	said, told int
}

// compare finds the first claim that contradicts the weights.
func compare(path string, claims ...claim) error {
	for _, c := range claims {
		if c.said != 0 && c.said != c.told {
			return fmt.Errorf("%w: %s: %s is %d, but the checkpoint says %d; the two files do not belong together", ErrConfig, path, c.key, c.said, c.told)
		}
	}
	return nil
}

// dividing gives the number of heads if that many share the width evenly, else 0.
func dividing(heads, width int) int {
	if heads > 0 && width%heads == 0 {
		return heads
	}
	return 0
}
