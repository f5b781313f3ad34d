package dataset

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/videogem/videogem/pipeline/internal/media"
)

// Media says where the pictures are.
type Media struct {
	// Folder holds frames as picture files, or videos. Without one, the manifest names files as the data set lays them out, none is
	// looked up, and it serves for baselines that see no pictures.
	Folder string
	// Neighbours holds the frames beside the key frames, where these lie in a folder of their own.
	Neighbours string
	// Videos says that Folder holds videos; they may lie in folders below it.
	Videos bool
}

// library looks files up.
type library struct {
	root, neighbours string              // absolute; "" without media
	index            map[string][]string // videos by name without extension, relative to root, sorted
	sizes            map[string][2]int
}

func videoExtensions() []string {
	return []string{".mp4", ".mkv", ".webm", ".avi", ".mov", ".m4v"}
}

func openLibrary(m Media) (*library, error) {
	l := &library{sizes: map[string][2]int{}}
	if m.Folder == "" {
		return l, nil
	}
	var err error
	if l.root, err = folder(m.Folder); err != nil {
		return nil, err
	}
	l.neighbours = l.root
	if m.Neighbours != "" {
		if l.neighbours, err = folder(m.Neighbours); err != nil {
			return nil, err
		}
	}
	if !m.Videos {
		return l, nil
	}
	l.index = map[string][]string{}
	err = filepath.WalkDir(l.root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(videoExtensions(), strings.ToLower(filepath.Ext(file))) {
			return err
		}
		rel, err := filepath.Rel(l.root, file)
		name := stem(filepath.Base(file))
		l.index[name] = append(l.index[name], filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMedia, err)
	}
	if len(l.index) == 0 {
		return nil, fmt.Errorf("%w: %s holds no videos (%s)", ErrMedia, m.Folder, strings.Join(videoExtensions(), " "))
	}
	return l, nil
}

func folder(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrMedia, err)
	case !info.IsDir():
		return "", fmt.Errorf("%w: %s is no folder", ErrMedia, name)
	}
	return filepath.Abs(name)
}

// stem is a file's name without what tells its format.
func stem(name string) string {
	if ext := strings.ToLower(filepath.Ext(name)); slices.Contains(videoExtensions(), ext) {
		return name[:len(name)-len(ext)]
	}
	return name
}

// key tells how the manifest names a frame or picture of Folder, and whether it is there.
func (l *library) key(rel string) (name string, ok bool) {
	return rel, l.root == "" || exists(filepath.Join(l.root, filepath.FromSlash(rel)))
}

// neighbour does the same for a frame beside a key frame.
func (l *library) neighbour(rel string) (name string, ok bool) {
	if l.root == l.neighbours {
		return l.key(rel)
	}
	file := filepath.Join(l.neighbours, filepath.FromSlash(rel))
	if below, err := filepath.Rel(l.root, file); err == nil && filepath.IsLocal(below) {
		return filepath.ToSlash(below), exists(file)
	}
	return file, exists(file)
}

func exists(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular()
}

// video finds a video by its name, with or without an extension; a folder before the name decides between several.
func (l *library) video(name string) (rel string, ok bool) {
	if l.root == "" {
		if stem(name) == name {
			name += ".mp4"
		}
		return name, true
	}
	found := l.index[stem(path.Base(name))]
	for _, f := range found {
		if stem(f) == stem(name) || strings.HasSuffix(stem(f), "/"+stem(name)) {
			return f, true
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return found[0], true
}

// size gives width and height of a picture or video of Folder.
func (l *library) size(ctx context.Context, rel string, isVideo bool) ([2]int, error) {
	file := filepath.Join(l.root, filepath.FromSlash(rel))
	known := path.Dir(rel) // all frames of a video lie in a folder, and are of one size
	if isVideo {
		known = rel
	}
	if s, ok := l.sizes[known]; ok {
		return s, nil
	}
	var s [2]int
	var err error
	if isVideo {
		s[0], s[1], err = media.VideoSize(ctx, file)
	} else {
		s[0], s[1], err = media.PictureSize(file)
	}
	if err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrMedia, file, err)
	}
	l.sizes[known] = s
	return s, nil
}
