#!/usr/bin/env python3
"""Make Tests/Fixtures/chats.json: chats as transformers writes them with templates as published.

    python Scripts/make-chat-goldens.py TOKENIZER

Needs: transformers, llama_cpp. TOKENIZER is any folder with a tokenizer; its marks are renamed. ChatML, Mistral, Mixtral and
Llama 3 are the templates in llama_cpp's chat formats, word for word; the others are the published ones without the parts
about tools. Where llama.cpp knows a template, its own writing must agree.
"""
import ctypes
import json
import os
import sys

import llama_cpp
from llama_cpp import llama_chat_format as formats
from transformers import AutoTokenizer

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "chats.json")
QWEN25 = (
    "{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}"
    "{%- else %}{{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}"
    "{%- endif %}{%- for message in messages %}{%- if (message.role == 'user') or (message.role == 'system' and not loop.first)"
    " or (message.role == 'assistant') %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
    "{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}")
QWEN3 = (
    "{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}{%- if (message.role == 'user') or (message.role == 'system' and not loop.first) %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
    "{%- elif message.role == 'assistant' %}{%- set content = message.content %}{%- if '</think>' in content %}"
    "{%- set content = content.split('</think>')[-1].lstrip('\\n') %}{%- endif %}"
    "{{- '<|im_start|>' + message.role + '\\n' + content }}{{- '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}{%- endif %}")
LLAMA2 = (
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}"
    "{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}"
    "{% if loop.index0 == 0 and system_message != false %}"
    "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
    "{% else %}{% set content = message['content'] %}{% endif %}"
    "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}")
LLAMA31 = (
    "{{- bos_token }}{%- set date_string = '26 Jul 2024' %}{%- if messages[0]['role'] == 'system' %}"
    "{%- set system_message = messages[0]['content']|trim %}{%- set messages = messages[1:] %}{%- else %}"
    "{%- set system_message = '' %}{%- endif %}{{- '<|start_header_id|>system<|end_header_id|>\\n\\n' }}"
    "{{- 'Cutting Knowledge Date: December 2023\\n' }}{{- 'Today Date: ' + date_string + '\\n\\n' }}{{- system_message }}"
    "{{- '<|eot_id|>' }}{%- for message in messages %}"
    "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}")
OLMOE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}{{ '<|system|>\\n' + message['content'] + '\\n' }}"
    "{% elif message['role'] == 'user' %}{{ '<|user|>\\n' + message['content'] + '\\n' }}"
    "{% elif message['role'] == 'assistant' %}{% if not loop.last %}{{ '<|assistant|>\\n' + message['content'] + eos_token + '\\n' }}"
    "{% else %}{{ '<|assistant|>\\n' + message['content'] + eos_token }}{% endif %}{% endif %}"
    "{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}{% endfor %}")
HARMONY = (
    "{{- '<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\\n' }}"
    "{{- 'Knowledge cutoff: 2024-06\\n' }}{%- if date is defined %}{{- 'Current date: ' + date + '\\n' }}{%- endif %}"
    "{{- '\\nReasoning: medium\\n\\n' }}"
    "{{- '# Valid channels: analysis, commentary, final. Channel must be included for every message.<|end|>' }}"
    "{%- if messages[0].role == 'system' %}{{- '<|start|>developer<|message|># Instructions\\n\\n' + messages[0].content + '\\n\\n<|end|>' }}"
    "{%- set messages = messages[1:] %}{%- endif %}{%- for message in messages %}{%- if message.role == 'user' %}"
    "{{- '<|start|>user<|message|>' + message.content + '<|end|>' }}{%- else %}"
    "{{- '<|start|>assistant<|channel|>final<|message|>' + message.content + '<|end|>' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}")
TEMPLATES = {
    "chatml": formats.CHATML_CHAT_TEMPLATE, "qwen2.5": QWEN25, "qwen3": QWEN3,
    "mistral": formats.MISTRAL_INSTRUCT_CHAT_TEMPLATE, "mixtral": formats.MIXTRAL_INSTRUCT_CHAT_TEMPLATE, "llama2": LLAMA2,
    "llama3": formats.LLAMA3_INSTRUCT_CHAT_TEMPLATE, "llama3.1": LLAMA31, "olmoe": OLMOE, "harmony": HARMONY,
}
# What llama.cpp calls those that it knows with the same spaces.
NATIVE = {"chatml": "chatml", "qwen3": "chatml", "llama3": "llama3"}
USER, REPLY, AGAIN = "What is the capital of France?", "It is Paris.", "And of Italy?\n"
CHATS = {
    "one": [("user", USER)], "three": [("user", USER), ("assistant", REPLY), ("user", AGAIN)],
    "system": [("system", "Answer in one word."), ("user", " " + USER)],
    "thought": [("user", USER), ("assistant", "<think>\nFrance, hm.\n</think>\n\n" + REPLY), ("user", AGAIN)],
}


def native(name, messages):
    array = (llama_cpp.llama_chat_message * len(messages))(
        *[llama_cpp.llama_chat_message(m["role"].encode(), m["content"].encode()) for m in messages])
    buffer = ctypes.create_string_buffer(4096)
    count = llama_cpp.llama_chat_apply_template(name.encode(), array, len(messages), True, buffer, 4096)
    return buffer.raw[:count].decode()


def main():
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    tokenizer.bos_token, tokenizer.eos_token = "<s>", "</s>"
    cases = []
    for name, template in TEMPLATES.items():
        for chat, turns in CHATS.items():
            if chat == "system" and name in ("mistral", "mixtral"):
                continue
            if chat == "thought" and name != "qwen3":
                continue
            messages = [{"role": role, "content": content} for role, content in turns]
            text = tokenizer.apply_chat_template(
                messages, chat_template=template, tokenize=False, add_generation_prompt=True)
            if name in NATIVE and chat == "three":
                theirs = native(NATIVE[name], messages)
                assert theirs.removeprefix("<|begin_of_text|>") in (text, text.removeprefix("<s>")), (name, theirs, text)
            case = {"template": name, "chat": chat, "messages": messages, "text": text}
            if name == "qwen3":
                case["answered"] = tokenizer.apply_chat_template(
                    messages, chat_template=template, tokenize=False, add_generation_prompt=True, enable_thinking=False)
            cases.append(case)
    with open(OUT, "w") as file:
        json.dump({"templates": TEMPLATES, "cases": cases}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
