//! Writes what the fuzzers begin with into `corpus/`.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (number, seed) in linecrew_fuzz::seeds().into_iter().enumerate() {
        let folder = folder.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("honest-{number:04}")), seed.input)?;
    }
    Ok(())
}
