package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/videogem/videogem/engine/model/hub"
)

// revisionMain is the branch of a repository that people mean when they name none.
const revisionMain = "main"

// PullOptions say how to pull.
type PullOptions struct {
	Client   *hub.Client
	Progress func(file string, done, total int64) // called often; total is -1 where the hub does not say; may be nil
}

// Pull fetches a model by its known name or its repository owner/repo, with @revision behind it if need be, and gives the folder it
// is in. The folder appears only when everything in it is complete, checked and loadable; a pull that stopped is resumed by the next
// one. A model that is there already in this revision is left as it is, without asking the hub for its files.
// Errors wrap ErrUnknown, ErrBusy, or one of package hub's.
func Pull(ctx context.Context, name string, o PullOptions) (dir string, err error) {
	name, revision, given := strings.Cut(name, "@")
	if !given {
		revision = revisionMain
	}
	if name == Demo {
		return "", fmt.Errorf("%w: %s is built in, there is nothing to pull", ErrUnknown, Demo)
	}
	entry, known := find(name)
	if !known {
		if strings.Count(name, "/") != 1 {
			return "", unknown(name)
		}
		entry = Entry{Repo: name}
	}
	local, ok := localName(name)
	if !ok || revision == "" {
		return "", fmt.Errorf("%w: %q at revision %q; a repository is owner/name, or owner/name@revision", hub.ErrName, name, revision)
	}
	folder, err := Folder()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("folder of models: %w", err)
	}
	unlock, err := lock(folder, local)
	if err != nil {
		return "", err
	}
	p := pull{PullOptions: o, entry: entry, folder: folder, local: local}
	err = p.run(ctx, revision)
	return filepath.Join(folder, local), errors.Join(err, unlock())
}

// pull is one model on its way.
type pull struct {
	PullOptions
	entry  Entry
	folder string // of all models
	local  string // this model's name in it
}

func (p *pull) run(ctx context.Context, revision string) error {
	repo, err := p.Client.Repo(ctx, p.entry.Repo, revision)
	if err != nil {
		return err
	}
	target := filepath.Join(p.folder, p.local)
	source := repo.ID + "@" + repo.Commit
	if m, found, err := readManifest(target); err == nil && found && m.Source == source && complete(target, m.Files) {
		return p.clean()
	}
	files, err := choose(repo)
	if err != nil {
		return fmt.Errorf("repository %s: %w", repo.ID, err)
	}
	stage := filepath.Join(p.folder, staging(p.local, strings.ReplaceAll(repo.Commit, "/", "-")))
	m := Manifest{Name: p.local, Checkpoint: files[0].Path, License: p.entry.License, Source: source}
	if m.License == "" || m.License == seeRepository {
		m.License = repo.License
		setDefault(&m.License, seeRepository)
	}
	for _, f := range files {
		got, err := p.Client.Download(ctx, repo, f, stage, p.progress(f.Path))
		if err != nil {
			return err
		}
		m.Files = append(m.Files, File{Path: got.Path, Size: got.Size, SHA256: got.SHA256})
	}
	if err := p.finish(stage, m); err != nil {
		return err
	}
	if err := replace(stage, target); err != nil {
		return fmt.Errorf("put model %s in its place: %w", p.local, err)
	}
	return p.clean()
}

func (p *pull) progress(file string) func(done, total int64) {
	if p.Progress == nil {
		return nil
	}
	return func(done, total int64) { p.Progress(file, done, total) }
}

// finish writes the manifest and loads the model once, so that what cannot work is not offered.
func (p *pull) finish(stage string, m Manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := os.WriteFile(filepath.Join(stage, manifestFile), append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	loaded, err := loadFolder(stage)
	if err != nil {
		return errors.Join(fmt.Errorf("repository %s holds no model that works here: %w", p.entry.Repo, err), os.RemoveAll(stage))
	}
	return loaded.Close()
}

// clean removes what pulls of other revisions left unfinished.
func (p *pull) clean() error {
	old, err := filepath.Glob(filepath.Join(p.folder, staging(p.local, "*")))
	errs := []error{err}
	for _, dir := range old {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// choose picks the files to pull: the checkpoint first, then the configuration beside it and the licence.
func choose(repo *hub.Repo) ([]hub.File, error) {
	names := make([]string, len(repo.Files))
	for i, f := range repo.Files {
		names[i] = f.Path
	}
	wanted, err := chooseWeights(names)
	if err != nil {
		return nil, err
	}
	for _, n := range []string{huggingFaceConfig, openCLIPConfig, preprocessorConfig, "LICENSE", "LICENSE.md", "LICENSE.txt"} {
		if slices.Contains(names, n) {
			wanted = append(wanted, n)
		}
	}
	files := make([]hub.File, len(wanted))
	for i, n := range wanted {
		files[i] = repo.Files[slices.Index(names, n)]
	}
	return files, nil
}

// complete says whether all files are there in their sizes.
func complete(dir string, files []File) bool {
	return len(files) > 0 && !slices.ContainsFunc(files, func(f File) bool {
		info, err := os.Stat(filepath.Join(dir, f.Path))
		return err != nil || info.Size() != f.Size
	})
}

// replace puts a folder in the place of another one, which may not be there.
func replace(from, to string) error {
	old := from + ".old"
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(to, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return os.RemoveAll(old)
}
