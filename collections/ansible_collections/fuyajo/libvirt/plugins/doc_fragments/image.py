# Copyright: (c) 2026, The Fuyajo developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of images, said once."""

from __future__ import annotations

import textwrap

OPTIONS = r"""
name:
  description:
    - The name by which machines refer to the image.
    - Without C(path) and C(url), a name of the built-in catalogue says where to get it, V(debian-11),
      V(debian-12), V(debian-13), V(ubuntu-22.04), V(ubuntu-24.04), V(almalinux-9), V(rockylinux-9)
      or V(centos-stream-9). C(sha256) is needed all the same.
  type: str
  required: true
path:
  description: An image file on the machine the module runs on.
  type: path
url:
  description:
    - An address with https, http or file that the image is fetched from, by the machine the module
      runs on. Redirects may lead to the same scheme or to https.
  type: str
sha256:
  description: The SHA-256 of the file as it is fetched, 64 hexadecimal digits. The base is named after it.
  type: str
  required: true
format:
  description:
    - What the file is, after unpacking when it is compressed with gzip, xz or bzip2.
    - A V(raw) one is converted. Any other format, and a file that is not what it was said to be, is
      refused; so is a qcow2 that refers to other files or is damaged.
  type: str
  choices: [qcow2, raw]
  default: qcow2
max_size:
  description:
    - Neither the file nor the disk in it may be larger, such as V(20G); a plain number counts GiB.
  type: str
  default: 256G
timeout:
  description: Seconds that a download may take.
  type: int
  default: 3600
state:
  description: Whether it is there. An image that a volume or a machine needs is not removed.
  type: str
  choices: [present, absent]
  default: present
"""


class ModuleDocFragment:
    """The options at the top of their own module, and as elements of the list in `stack`."""

    # Annotated, because ansible-test reads plain assignments as literal texts.
    DOCUMENTATION: str = "options:\n" + textwrap.indent(OPTIONS, "  ")
    IN_STACK: str = """
options:
  images:
    description: Base images. Each is taken into the pool once, under a name made from its content.
    type: list
    elements: dict
    default: []
    suboptions:
""" + textwrap.indent(OPTIONS, " " * 6)

    UNUSED = """
options:
  remove_unused_images:
    description:
      - Whether base images of the pool that no volume, no machine and nothing in this task needs are
        removed. Each is a change of its own, with the effect V(destroy).
    type: bool
    default: false
"""
