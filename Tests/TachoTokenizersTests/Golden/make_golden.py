#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files of the tokenizer tests with Hugging Face's `tokenizers`.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.21.0
    venv/bin/python make_golden.py            # rewrites *.json and *.cases beside this file
    venv/bin/python make_golden.py DIR 20000  # the same with 20,000 random inputs, in DIR

Each tokenizer is trained on the few sentences below. A line of NAME.cases holds, separated by tabs:
the input in hexadecimal, the ids of encode(input), the ids of encode(input, add_special_tokens=False)
with encode_special_tokens on (special tokens are plain text), and decode(first ids) in hexadecimal,
or "-" where Hugging Face's byte-level decoder garbles an added token that has letters like é.
"""
import json
import random
import sys
import unicodedata
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers
import tokenizers

assert tokenizers.__version__ == "0.21.0", tokenizers.__version__

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

CORPUS = """The quick brown fox jumps over the lazy dog. I've said it's not what they'd want; we'll see, you're
right and I'm done. In 2024 there were 1,234,567 tokens, 3.14159 of them in parentheses (really).
def merge(pairs):\n    for left, right in pairs:\n        yield left + right\n\n\treturn None
Ein schöner Tag über den Bäumen, naïve café, déjà vu, Ελληνικά γράμματα, русский язык и украинська мова.
これは日本語の文章です。我想在这里工作，今天天气很好。한국어 문장도 있습니다. हिन्दी में एक वाक्य है। ภาษาไทย
العربية لغة جميلة ועברית גם כן. 🚀🦙😶‍🌫️ emojis 👩‍👩‍👧 and flags 🇩🇪🇫🇷 too!!! ...... ------ ====== ###
  two spaces    four spaces\r\nwindows lines\r\n\r\n   \n\n\n<html><body class="x">&nbsp;</body></html>
internationalization tokenization normalization running jumping faster fastest the the the and and of of
"""

NASTY = [
    "", " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\r\n\r\n", " \n", "\n ", " \n ", "a\n b", "a \n b",
    "a\n\n  b", "  \n  \n  x", "\r", "\r\r\n\n", "x\r\ny", " \t \n\t x", "\u00a0", "a\u00a0b", "\u00a0\u00a0 a",
    "\u2028x\u2029", "\u3000全角　空白", "\u0085a", "a\u0085\u0085b", "\u180e x", "\u200b\u200bx", "\ufeffBOM",
    "Hello", " Hello", "Hello world", "Hello  world", "Hello   world ", " Hello World! ", "hello_world-foo.bar/baz",
    "I'll", "I'LL", "I'Ll", "it's", "IT'S", "we've WE'VE We'Ve", "'s", "''s", "'S's", "a'b", "don't can't y'all",
    "it\u2019s they\u2019ll I\u2019m", "'\u017f", "a'\u017fb", "it'\u017ftart", "'lL 'Re 'vE 'D 'M 'T", " 's", "\n's", "x's's's",
    "'", "''", "' ", " '", "'l", "'r", "'v", "'l l", "'re", "'ree", "rock'n'roll", "`'\"`",
    "0", "1 2", "12", "123", "1234", "12345", "1234567890", "3.14159", "1,000,000", "2024-11-21T09:41:00Z",
    "x1y22z333w4444", " 1", "  12", "１２３４", "²³¹", "½¼", "Ⅷ", "٠١٢٣٤", "१२३", "①②③", "a1 1a", "1\n2",
    "éèê", "e\u0301", "e\u0301\u0323", "a\u0323\u0307", "\u1e9b\u0323", "n\u0303o", "\u0301", " \u0301x", "Å\u212b\u2126", "가\u1100\u1161",
    "q\u0307\u0323\u0307", "\u0958\u0344", "मनीष", "क्षि", "นี้", "Zalgo: Z̷̢̛a̴l̸g̵o̶", "ﬁ ﬃ", "ẞß", "İi̇ıI",
    "我想在apple工作1314151天～", "こんにちは世界", "한국어", "ไทย", "العربية", "עִבְרִית", "កាន់តែពិសេស", "\U00020000\U0002a6d6",
    "😀", "😶‍🌫️", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "👍🏽", "🏴\U000e0067\U000e0062\U000e007f", "☺️☺", "a😀b 😀 c", "🚀 (normal) 😶‍🌫️ ✅",
    "\x00", "\x01\x02\x1b[0m", "a\x00b", "\x7f", "\x1c\x1d\x1e\x1f", "\u0080\u009f", "\ufffd", "\uffff", "\U0010ffff",
    "...", "!!!???", "a...b", "-- --", "==>", "<>", "$100", "€5 £6 ¥7", "a+b=c", "{[()]}", "#hashtag @user", "~`|\\",
    "....\n\n\nx", "!\r\n\r\nx", "  !!\n", "?\n \n", "; \n", "foo();\r\n\tbar();\n", "©®™", "→⇒", "\u2581", "a\u2581b", "\u2581\u2581",
    "<s>", "</s>", "<unk>", " <s> ", "<s>Hello</s>", "Hello<s> world", "<|begin|>", "a<|begin|>b", "<|begin|><|end|>",
    "a <|end|> b", "<|end|>\n\n x", "  <mask>  ", "a<mask>b", "x  \n<mask>", "word", "a word here", "awordb", "word.", "_word_", "wordword",
    "Ünï", "café", "cafe\u0301 ünï", "aaab", "<|begin|", "|begin|>", "<<|begin|>>", "<tool>", "<tool>call</tool>", "<tool",
    "   <|end|>", "\u00a0<mask>\u2003x", "<0x41>", "<0x0A>", "text <0xE2><0x96>",
    "a" * 300, "ab" * 150, " " * 300, "\n" * 200, "1" * 200, "!" * 200, "'s" * 60, "é" * 150, "e\u0301" * 100, "😀" * 60,
    "the" * 100, " the" * 100, "\t" * 100 + "x", " \n" * 80, "\u0301" * 120, "我" * 100, "x " * 100, "a\u00a0" * 50,
    "The quick brown fox jumps over the lazy dog. " * 4,
]


def random_inputs(count, seed):
    random.seed(seed)
    words = CORPUS.split() + ["'s", "'LL", "'\u017f", "\u2019s", "<s>", "</s>", "<|begin|>", "<|end|>", "<mask>", "word", "<tool>", "\u2581"]
    spaces = [" ", " ", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "", "", "\u2009", "\n\n  "]
    pools = ["abcXYZ'sStTlLrRvVeEdDmM ", "0123456789 .,-٣½²", " \t\n\r\u00a0\u2028\u0085", "!?.,:;#$%&*()[]{}<>|\\/~^_=+-'\"`",
             "éüñßøçåœİıſ\u0301\u0323\u0307\u0300\u0344", "我想在工作天今日本語かなカナ한국어", "😀🚀‍\ufe0f👩👧🇩🇪🏽", "אבגدعملहिन्ीกไท"]
    assigned = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs", "Co")]
    for _ in range(count):
        kind = random.random()
        if kind < 0.35:
            yield "".join(random.choice(words) + random.choice(spaces) for _ in range(random.randint(1, 9)))
        elif kind < 0.85:
            yield "".join(random.choice(random.choice(pools)) for _ in range(random.randint(1, 24)))
        else:
            yield "".join(random.choice(assigned) for _ in range(random.randint(1, 8)))


def train(tokenizer, size, special=(), alphabet=()):
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=list(special), initial_alphabet=list(alphabet),
                                  show_progress=False)
    tokenizer.train_from_iterator(CORPUS.split("\n") * 3 + [CORPUS], trainer)


def byte_level(pre_tokenizer, normalizer=None, ignore_merges=False, bos=False, added=()):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, 900, alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.add_special_tokens(["<|begin|>", "<|end|>"])
    tokenizer.add_tokens(list(added))
    if bos:
        template = processors.TemplateProcessing(
            single="<|begin|> $A", pair="<|begin|> $A <|begin|> $B",
            special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))])
        tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    return tokenizer


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated", False),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


FLAGGED = [AddedToken("<mask>", lstrip=True, rstrip=True, normalized=False), AddedToken("word", single_word=True, normalized=False),
           AddedToken("café", normalized=True), AddedToken("<tool>", normalized=False), AddedToken("<tool>call", normalized=False),
           AddedToken("   ", normalized=False), AddedToken("aaab", normalized=True)]


def sentence_piece(configure, merge_bytes=False):
    """A SentencePiece model as conversion scripts write it: byte tokens, no word splitting."""
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    train(trained, 1100, special)
    data = json.loads(trained.to_str())
    data["added_tokens"] = data["added_tokens"][:3]
    data["model"].update(byte_fallback=True, fuse_unk=True)
    data["pre_tokenizer"] = None
    tokenizer = Tokenizer.from_str(json.dumps(data))
    configure(tokenizer)
    return tokenizer


def llama2(tokenizer):
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])


def mistral(tokenizer):
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    llama2_decoder = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(llama2_decoder)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False), AddedToken("word", normalized=True, single_word=True)])


def metaspace(tokenizer):
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="always")])


def without_bytes(tokenizer):
    """No byte fallback: unknown characters become the unknown token, neighbours fused."""
    llama2(tokenizer)
    data = json.loads(tokenizer.to_str())
    data["model"]["byte_fallback"] = False
    return Tokenizer.from_str(json.dumps(data))


def tokenizers_by_name():
    byte = pre_tokenizers.ByteLevel
    unknown = sentence_piece(lambda tokenizer: None)
    return {
        "llama3": byte_level(split(LLAMA3), ignore_merges=True, bos=True),
        "qwen2": byte_level(split(QWEN2), normalizer=normalizers.NFC(), added=FLAGGED),
        "gpt2": byte_level(byte(add_prefix_space=False)),
        "gpt2-prefix": byte_level(byte(add_prefix_space=True), added=FLAGGED),
        "smollm": byte_level(pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                      byte(add_prefix_space=False)])),
        "llama2": sentence_piece(llama2),
        "mistral": sentence_piece(mistral),
        "metaspace": sentence_piece(metaspace),
        "unknown": without_bytes(unknown),
    }


def numbers(ids):
    return " ".join(map(str, ids))


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    folder.mkdir(parents=True, exist_ok=True)
    inputs = NASTY + list(random_inputs(count, seed=20241121 + count))
    for name, tokenizer in tokenizers_by_name().items():
        data = json.loads(tokenizer.to_str())
        if name == "gpt2":  # the older spelling of merges
            data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
        text = json.dumps(data, ensure_ascii=name == "qwen2")
        (folder / f"{name}.json").write_text(text)
        tokenizer = Tokenizer.from_str(text)
        with open(folder / f"{name}.cases", "w") as output:
            for text in inputs:
                tokenizer.encode_special_tokens = False
                ids = tokenizer.encode(text).ids
                decoded = tokenizer.decode(ids, skip_special_tokens=True)
                tokenizer.encode_special_tokens = True
                plain = tokenizer.encode(text, add_special_tokens=False).ids
                garbled = "\ufffd" in decoded and "\ufffd" not in text
                fields = [text.encode().hex(), numbers(ids), numbers(plain),
                          "-" if garbled else decoded.encode().hex()]
                output.write("\t".join(fields) + "\n")


main()
