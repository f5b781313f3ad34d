package model

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gofrs/flock"
)

// ErrBusy means that another process pulls or removes the same model.
var ErrBusy = errors.New("model is in use by another pull")

// Folder is where pulled models are kept, each in a folder of its name: ${XDG_DATA_HOME:-~/.local/share}/videogem/models.
func Folder() (string, error) {
	data := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) { // the XDG specification: a relative path is ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("folder of models: %w; set XDG_DATA_HOME", err)
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "videogem", "models"), nil
}

// localName is the folder of a model: a known name, or owner--repo.
func localName(name string) (string, bool) {
	if e, ok := find(name); ok {
		return e.Name, true
	}
	local := strings.ReplaceAll(name, "/", "--")
	return local, regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`).MatchString(local) && strings.Count(name, "/") <= 1
}

// pulled finds the folder of a model that was pulled.
func pulled(name string) (string, bool) {
	local, ok := localName(name)
	folder, err := Folder()
	if !ok || err != nil {
		return "", false
	}
	dir := filepath.Join(folder, local)
	_, err = os.Stat(filepath.Join(dir, manifestFile))
	return dir, err == nil
}

// Listed is a model in a list.
type Listed struct {
	Entry
	Where  string `json:"where"`  // "built in", the folder, or "" when it is not pulled
	Size   int64  `json:"size"`   // bytes on disk, 0 when not pulled
	Source string `json:"source"` // repository and revision that it was pulled from
}

// List gives the demo model, the registry, and what else was pulled.
func List() ([]Listed, error) {
	entries, err := Registry()
	if err != nil {
		return nil, err
	}
	demo, err := loadDemo()
	if err != nil {
		return nil, err
	}
	list := []Listed{{
		Entry: Entry{Name: Demo, About: demo.Manifest.Notice, License: demo.Manifest.License}, Where: "built in", Source: demo.Manifest.Source,
	}}
	if err := demo.Close(); err != nil {
		return nil, err
	}
	folder, err := Folder()
	if err != nil {
		return nil, err
	}
	there, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("folder of models: %w", err)
	}
	for _, e := range there {
		if known := slices.ContainsFunc(entries, func(k Entry) bool { return k.Name == e.Name() }); !known && e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			entries = append(entries, Entry{Name: e.Name(), License: seeRepository})
		}
	}
	for _, e := range entries {
		l := Listed{Entry: e}
		if dir, ok := pulled(e.Name); ok {
			m, _, err := readManifest(dir)
			if err != nil {
				return nil, err
			}
			l.Where, l.Source, l.License = dir, m.Source, m.License
			for _, f := range m.Files {
				l.Size += f.Size
			}
			if l.Repo == "" {
				l.Repo, _, _ = strings.Cut(m.Source, "@")
			}
		}
		list = append(list, l)
	}
	return list, nil
}

// Remove deletes a pulled model, and what an interrupted pull of it left. The error wraps ErrUnknown or ErrBusy.
func Remove(name string) error {
	local, ok := localName(name)
	if name == Demo {
		return fmt.Errorf("%w: %s is built in and cannot be removed", ErrUnknown, Demo)
	}
	folder, err := Folder()
	if err != nil {
		return err
	}
	dirs, err := filepath.Glob(filepath.Join(folder, staging(local, "*")))
	if err != nil {
		return fmt.Errorf("remove model %s: %w", name, err)
	}
	if dir, there := pulled(name); there {
		dirs = append(dirs, dir)
	}
	if !ok || len(dirs) == 0 {
		return fmt.Errorf("%w %q: it is not in %s; `videogem models list` shows what is", ErrUnknown, name, folder)
	}
	unlock, err := lock(folder, local)
	if err != nil {
		return err
	}
	errs := make([]error, 0, len(dirs)+1)
	for _, d := range dirs {
		errs = append(errs, os.RemoveAll(d))
	}
	return errors.Join(append(errs, unlock())...)
}

// staging is the folder of a pull that is not finished.
func staging(local, commit string) string { return ".pull-" + local + "@" + commit }

// lock keeps two processes from changing one model at a time. The error wraps ErrBusy.
func lock(folder, local string) (unlock func() error, err error) {
	l := flock.New(filepath.Join(folder, ".lock-"+local))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock model %s: %w", local, err)
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s; wait until that is over", ErrBusy, local)
	}
	return l.Unlock, nil
}
