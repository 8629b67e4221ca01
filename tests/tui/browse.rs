//! Going about the screens with tables: where Enter leads, what stays when the facts change.
