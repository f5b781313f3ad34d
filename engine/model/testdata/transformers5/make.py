"""Notes down how transformers lays out what save_pretrained writes: names, types and shapes of tensors in their order, and the files beside
them; the numbers are left out, tests make their own. pip install transformers==5.23.0 torch==2.13.0; python make.py"""
import json, os, struct, tempfile
import torch
from transformers import (CLIPConfig, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModel, CLIPVisionModelWithProjection, Siglip2Config,
                          Siglip2Model, SiglipConfig, SiglipModel)

vision = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2, image_size=16, patch_size=8)
text = dict(hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=16, vocab_size=49408)
other = dict(text, vocab_size=100)
clip = CLIPConfig(vision_config=vision, text_config=text, projection_dim=8)
saves = {
    'full': (CLIPModel(clip), {}), 'half': (CLIPModel(clip).to(torch.float16), {}), 'bf16': (CLIPModel(clip).to(torch.bfloat16), {}),
    'shards': (CLIPModel(clip), dict(max_shard_size='300KB')),
    'vision': (CLIPVisionModel(clip.vision_config), {}), 'vision-projection': (CLIPVisionModelWithProjection(clip.vision_config), {}),
    'text-projection': (CLIPTextModelWithProjection(clip.text_config), {}),
    'siglip': (SiglipModel(SiglipConfig(vision_config=vision, text_config=other)), {}),
    'siglip2': (Siglip2Model(Siglip2Config(vision_config={k: v for k, v in vision.items() if k != 'image_size'} | dict(num_patches=4), text_config=other)), {}),
}
for name, (model, options) in saves.items():
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, **options)
        out = {'tensors': {}, 'files': {}}
        for file in sorted(os.listdir(folder)):
            path = os.path.join(folder, file)
            if not file.endswith('.safetensors'):
                out['files'][file] = json.load(open(path))
                continue
            with open(path, 'rb') as f:
                header = json.loads(f.read(struct.unpack('<Q', f.read(8))[0]))
            assert header.pop('__metadata__') == {'format': 'pt'}
            out['tensors'][file] = [[k, v['dtype'], v['shape']] for k, v in header.items()]
    with open(os.path.join(os.path.dirname(__file__), name + '.json'), 'w') as f:
        f.write(json.dumps(out, separators=(',', ':')).replace('],["', '],\n["') + '\n')
