//! Enums whose every variant has its row of a table: the compiler misses one that has none.

/// Declares an enum together with its table. `ALL` lists every variant in order, `row` is the variant's own row.
#[doc(hidden)]
#[macro_export]
macro_rules! table {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident: $row:ty {
            $($(#[$doc:meta])* $variant:ident = $value:expr,)+
        }
    ) => {
        $(#[$meta])*
        $vis enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every one, in the order of the table.
            $vis const ALL: [$name; [$($name::$variant),+].len()] = [$($name::$variant),+];

            const fn row(self) -> $row {
                match self {
                    $($name::$variant => $value,)+
                }
            }
        }
    };
}

pub(crate) use table;
