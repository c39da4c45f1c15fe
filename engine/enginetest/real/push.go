package real

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// pusher uploads to a registry by its HTTP API.
type pusher struct {
	base string // "http://127.0.0.1:5000"
	repo string
	salt string // makes the layers unique; "" leaves them as they are
}

// push uploads an image under a tag and returns the digest of what the tag names.
func (p pusher) push(ctx context.Context, tag string, c Content) (digest.Digest, error) {
	var descs []ocispec.Descriptor
	for _, m := range c.Manifests {
		name := tag
		if c.Index {
			name = ""
		}
		d, err := p.manifest(ctx, name, m, c.Artifact)
		if err != nil {
			return "", err
		}
		d.Platform = &m.Platform
		descs = append(descs, d)
	}
	if !c.Index {
		return descs[0].Digest, nil
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, Manifests: descs}
	d, err := p.document(ctx, tag, ocispec.MediaTypeImageIndex, index)
	return d.Digest, err
}

func (p pusher) manifest(ctx context.Context, tag string, m Manifest, artifact string) (ocispec.Descriptor, error) {
	created := madeAt()
	config := ocispec.Image{Created: &created, Platform: m.Platform, Config: m.Config, RootFS: ocispec.RootFS{Type: "layers"}}
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	for i, l := range m.Layers {
		if p.salt != "" {
			var err error
			if l, err = l.Salted(fmt.Sprintf("%s %s %d\n", p.salt, p.repo, i)); err != nil {
				return ocispec.Descriptor{}, err
			}
		}
		d, err := p.blob(ctx, ocispec.MediaTypeImageLayerGzip, l.Gzip)
		if err != nil {
			return d, err
		}
		manifest.Layers = append(manifest.Layers, d)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, l.DiffID())
	}
	raw, err := json.Marshal(config)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	mediaType := ocispec.MediaTypeImageConfig
	if artifact != "" {
		mediaType = artifact
	}
	if manifest.Config, err = p.blob(ctx, mediaType, raw); err != nil {
		return ocispec.Descriptor{}, err
	}
	return p.document(ctx, tag, ocispec.MediaTypeImageManifest, manifest)
}

// document uploads a manifest or an index, by its digest if it gets no tag.
func (p pusher) document(ctx context.Context, tag, mediaType string, v any) (ocispec.Descriptor, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(raw), Size: int64(len(raw))}
	if tag == "" {
		tag = d.Digest.String()
	}
	_, err = p.do(ctx, http.MethodPut, p.base+"/v2/"+p.repo+"/manifests/"+tag, mediaType, raw)
	return d, err
}

// blob uploads in one piece.
func (p pusher) blob(ctx context.Context, mediaType string, raw []byte) (ocispec.Descriptor, error) {
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(raw), Size: int64(len(raw))}
	header, err := p.do(ctx, http.MethodPost, p.base+"/v2/"+p.repo+"/blobs/uploads/", "", nil)
	if err != nil {
		return d, err
	}
	at, err := url.Parse(p.base)
	if err != nil {
		return d, err
	}
	if at, err = at.Parse(header.Get("Location")); err != nil {
		return d, err
	}
	q := at.Query()
	q.Set("digest", d.Digest.String())
	at.RawQuery = q.Encode()
	_, err = p.do(ctx, http.MethodPut, at.String(), "application/octet-stream", raw)
	return d, err
}

func (p pusher) do(ctx context.Context, method, to, mediaType string, body []byte) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if mediaType != "" {
		req.Header.Set("Content-Type", mediaType)
	}
	req.Close = true // nothing stays behind that a leak detector would find
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode > 299 {
		err = fmt.Errorf("%s %s: %s: %s", method, to, resp.Status, said)
	}
	return resp.Header, err
}
