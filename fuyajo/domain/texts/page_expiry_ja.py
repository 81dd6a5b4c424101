"""When the time of a machine is over, in Japanese."""

from __future__ import annotations

JA: dict[str, str] = {
    "page.expiry.title": "期限",
    "page.expiry.none": "期限はありません。",
    "page.expiry.what": "目印となるメモです。期限が過ぎても、誰かが削除するまでマシンは動き続けます。",
    "page.expiry.in_days": "あと {n} 日",
    "page.expiry.in_day": "あと 1 日",
    "page.expiry.in_hours": "あと {n} 時間",
    "page.expiry.in_soon": "あと 1 時間以内",
    "page.expiry.ago_days": "{n} 日前に期限切れ",
    "page.expiry.ago_day": "1 日前に期限切れ",
    "page.expiry.ago_hours": "{n} 時間前に期限切れ",
    "page.expiry.ago_soon": "期限切れになったばかり",
    "page.expiry.delete": "削除する",
    "page.expiry.new": "新しい期限",
    "page.expiry.how": "今からの期間 (8h、3d、2w)、または日時 (2027-01-31T18:00:00+09:00 など)",
    "page.expiry.quick": "よく使う期限",
    "page.expiry.1d": "1 日後",
    "page.expiry.1w": "1 週間後",
    "page.expiry.never": "期限なし",
}
