#!/usr/bin/env bash
# Neovim 0.7.2 (Debian 12's neovim 0.7.2-7), msgpackdump().
# Expected: all strings of a dictionary are written as one type of msgpack, str or bin.
# Seen: names go out as str, values as bin, in the same map; so a reader that knows texts and bytes apart (Python,
#   JavaScript) finds "cmd" under a text, with bytes in it. An empty string among the values is bin as well.
# Output: 82a3636d64c40372756ea46e616d65c400 (82, a3 "cmd", c4 03 "run", a4 "name", c4 00)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download neovim=0.7.2-7 neovim-runtime=0.7.2-7 \
    libluajit-5.1-2 libmsgpackc2 libtermkey1 libtree-sitter0 libunibilium4 libuv1 libvterm0 lua-luv >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu VIMRUNTIME=$folder/usr/share/nvim/runtime HOME=$folder
cat >dump.vim <<'CODE'
call writefile(msgpackdump([{'cmd': 'run', 'name': ''}]), 'dumped', 'b')
quitall!
CODE
usr/bin/nvim --headless -u NONE -i NONE -S dump.vim
seen=$(od -An -v -tx1 dumped | tr -d ' \n')
echo "$seen"
[[ $seen == 82a3636d64c40372756ea46e616d65c400 ]]
