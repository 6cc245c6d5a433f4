"""What all prompts of a run begin with: worked examples, instructions, a chat template's opening. No torch.

Where it is long enough it is computed once per optimizer step (head_pass.py) instead of in every row.
"""

from __future__ import annotations

from collections.abc import Sequence

# Below this many tokens the second pass costs as much as it saves.
LEAST = 64


def common_head(prompts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The ids that all prompts begin with, as ids; empty where it is not worth a pass of its own.

    The last of them stays in the rows too (`head_length`): it is predicted by the head and predicts what differs.
    """
    # Whatever the first and the last in order share, all between them share.
    first, last = min(prompts), max(prompts)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    shared = first[:same]
    return shared if len(prompts) > 1 and head_length(shared) >= LEAST else ()


def head_length(head: Sequence[int]) -> int:
    """How many tokens of a head are left out of the rows."""
    return max(0, len(head) - 1)
