# SPDX-License-Identifier: Apache-2.0
"""Small made-up vocabularies of 288 tokens, as GGUF metadata and as tokenizer.json."""

from __future__ import annotations

import json

import gguf
from tokenizers import Tokenizer

VOCABULARY = 288

# Texts whose ids are recorded in expected.json.
SAMPLES = [
    "the rain in the north",
    " there is  another one",
    "it's 12345 and\n\n more",
    "héllo wörld ✓",
]

LLAMA_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_SPLIT = LLAMA_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")

# Merges in order of rank; "_" stands for the space mark of the family.
PAIRS = [
    "_ t", "h e", "i n", "_t he", "r e", "a n", "_ a", "o n", "i s", "_ in", "e r", "_ s", "o r",
    "i t", "n d", "_a nd", "_ is", "_t h", "e n",
]


def joined(mark: str) -> list[tuple[str, str]]:
    """The merges as pairs of pieces, with the family's own space mark."""
    return [tuple(p.replace("_", mark).split(" ")) for p in PAIRS]


def byte_characters() -> list[str]:
    """The printable stand-in for each byte in the order of GPT-2's vocabulary."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in shown]
    return [chr(b) for b in shown] + [chr(256 + i) for i in range(len(hidden))]


class SentencePiece:
    """Three control tokens, 256 bytes, ten characters and nineteen joined pieces."""

    def __init__(self):
        letters = list("\u2581thenisaro")[:10]
        pairs = [p for p in joined("\u2581") if all(c in letters for c in "".join(p))]
        self.merges = pairs[: VOCABULARY - 3 - 256 - len(letters)]
        specials = ["<unk>", "<s>", "</s>"]
        octets = [f"<0x{b:02X}>" for b in range(256)]
        # Joined pieces come first so that a better score means an earlier merge.
        plain = ["".join(m) for m in self.merges] + letters
        spare = VOCABULARY - len(specials) - len(octets) - len(plain)
        plain += [chr(ord("A") + i) for i in range(spare)]
        self.tokens = specials + octets + plain
        normal = len(plain)
        self.scores = [0.0] * 259 + [-float(i) for i in range(normal)]
        self.types = [2, 3, 3] + [6] * 256 + [1] * normal

    def add_to(self, writer: gguf.GGUFWriter) -> None:
        """Writes the tokenizer's metadata."""
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list(self.tokens)
        writer.add_token_scores(self.scores)
        writer.add_token_types(self.types)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)
        writer.add_add_bos_token(True)
        writer.add_add_eos_token(False)

    def document(self) -> dict:
        """The same vocabulary as a tokenizer.json."""
        replace = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
        start = {"SpecialToken": {"id": "<s>", "type_id": 0}}
        first = {"Sequence": {"id": "A", "type_id": 0}}
        second = {"Sequence": {"id": "B", "type_id": 1}}
        start_of_second = {"SpecialToken": {"id": "<s>", "type_id": 1}}
        return {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [added(i, self.tokens[i]) for i in range(3)],
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Prepend", "prepend": "\u2581"}, replace]},
            "pre_tokenizer": None,
            "post_processor": {
                "type": "TemplateProcessing", "single": [start, first],
                "pair": [start, first, start_of_second, second],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
            "decoder": {"type": "Sequence", "decoders": [
                {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
            "model": bpe(self.tokens, self.merges, byte_fallback=True, unknown="<unk>"),
        }

    settings = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
                "add_bos_token": True, "add_eos_token": False,
                "tokenizer_class": "LlamaTokenizer"}


class ByteLevel:
    """256 bytes, joined pieces and control tokens, split as llama 3 or qwen 2 do it."""

    def __init__(self, family: str):
        self.family = family
        self.merges = joined("\u0120")
        pieces = byte_characters() + ["".join(m) for m in self.merges]
        names = ["<|begin_of_text|>", "<|end_of_text|>"] if family == "llama" else ["<|endoftext|>"]
        spare = VOCABULARY - len(pieces) - len(names)
        self.control = names + [f"<|reserved_{i}|>" for i in range(spare)]
        self.tokens = pieces + self.control
        self.first_control = len(pieces)
        self.bos = self.first_control
        self.eos = self.first_control + len(names) - 1

    def add_to(self, writer: gguf.GGUFWriter) -> None:
        """Writes the tokenizer's metadata."""
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre("llama-bpe" if self.family == "llama" else "qwen2")
        writer.add_token_list(self.tokens)
        writer.add_token_types([1] * self.first_control + [3] * len(self.control))
        writer.add_token_merges([" ".join(m) for m in self.merges])
        writer.add_bos_token_id(self.bos)
        writer.add_eos_token_id(self.eos)
        writer.add_add_bos_token(self.family == "llama")

    def document(self) -> dict:
        """The same vocabulary as a tokenizer.json."""
        llama = self.family == "llama"
        split = LLAMA_SPLIT if llama else QWEN_SPLIT
        name = self.tokens[self.bos]
        level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
                 "use_regex": False}
        start = {"SpecialToken": {"id": name, "type_id": 0}}
        template = {
            "type": "TemplateProcessing", "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [start, {"Sequence": {"id": "A", "type_id": 0}},
                     {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {name: {"id": name, "ids": [self.bos], "tokens": [name]}}}
        return {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [
                added(self.first_control + i, t) for i, t in enumerate(self.control)],
            "normalizer": None if llama else {"type": "NFC"},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": split}, "behavior": "Isolated",
                 "invert": False}, level]},
            "post_processor": (
                {"type": "Sequence", "processors": [level, template]} if llama else level),
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                        "use_regex": True},
            "model": bpe(self.tokens[: self.first_control], self.merges, ignore_merges=llama),
        }

    @property
    def settings(self) -> dict:
        """The contents of tokenizer_config.json."""
        return {"bos_token": self.tokens[self.bos] if self.family == "llama" else None,
                "eos_token": self.tokens[self.eos], "add_bos_token": self.family == "llama",
                "tokenizer_class": "PreTrainedTokenizerFast"}


def added(index: int, text: str) -> dict:
    """One control token in the form of tokenizer.json."""
    return {"id": index, "content": text, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}


def bpe(tokens, merges, byte_fallback=False, unknown=None, ignore_merges=False) -> dict:
    """The `model` object of a tokenizer.json."""
    return {"type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": byte_fallback, "byte_fallback": byte_fallback,
            "ignore_merges": ignore_merges, "vocab": {t: i for i, t in enumerate(tokens)},
            "merges": [list(m) for m in merges]}


def sample_ids(tokenizer) -> list[dict]:
    """The ids of the sample texts, from the `tokenizers` package."""
    encoder = Tokenizer.from_str(json.dumps(tokenizer.document()))
    return [{"text": s, "ids": encoder.encode(s).ids} for s in SAMPLES]
