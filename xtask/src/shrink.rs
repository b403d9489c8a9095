//! Makes the page smaller than trunk does, by a thirtieth: short names between script and module, and scripts without a
//! letter too much (trunk's own minifier does not understand them).
//!
//! wasm-bindgen calls an import `__wbg_getUserMedia_cc2950c67b950228`, in the module and in the script. No two of the
//! hundreds of hashes have anything in common, so brotli cannot help. wasm-opt gives the module short names and tells
//! which; the script must use the same. Both files get a new name, because their content is to be cached for ever.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::say;
use crate::shell::{self, failure};
use crate::workspace::Workspace;

/// What wasm-opt calls the one module that everything is imported from.
const MODULE: &str = "a";

/// What of wasm-opt, after trunk's own run of it, makes the module smaller when it is compressed.
const AGAIN: [&str; 4] = ["--flatten", "--rereloop", "-Oz", "-Oz"];

/// Shrinks the page in dist/, as trunk has just built it: what is loaded first, and what is loaded beside a running call.
pub(crate) fn page(workspace: &Workspace) -> Result<()> {
    let modules = find_modules(&workspace.dist())?;
    if modules.is_empty() {
        return Err(failure("There is no module in dist/.", "see what trunk says above."));
    }
    modules.iter().try_for_each(|module| part(workspace, module))?;
    inline_script(workspace)
}

/// The script that stands in the page itself: trunk leaves it as it was written.
fn inline_script(workspace: &Workspace) -> Result<()> {
    let index = workspace.dist().join("index.html");
    let html = read(&index)?;
    let parts = html.split_once("<script>").and_then(|(before, rest)| {
        let (script, after) = rest.split_once("</script>")?;
        Some((before, script, after))
    });
    let (before, script, after) = parts.context("the page has no script of its own")?;
    let made = workspace.target().join("xtask").join("inline.js");
    std::fs::write(&made, script).with_context(|| format!("writing {}", made.display()))?;
    let mut esbuild = shell::command(workspace, "esbuild");
    let told = shell::capture(esbuild.args(["--minify", "--log-level=warning"]).arg(&made));
    let short = told.context("esbuild does not understand the script in index.html")?;
    std::fs::write(&index, format!("{before}<script>{}</script>{after}", short.trim_end()))?;
    Ok(())
}

fn part(workspace: &Workspace, module: &str) -> Result<()> {
    let index = workspace.dist().join("index.html");
    let html = read(&workspace.at("index.html"))?;
    let features = features(&html, module);
    let script = workspace.dist().join(module.replace("_bg.wasm", ".js"));
    let module = workspace.dist().join(module);

    let made = workspace.target().join("xtask");
    std::fs::create_dir_all(&made).with_context(|| format!("creating {}", made.display()))?;
    let short = made.join("short.wasm");
    let mut wasm_opt = shell::command(workspace, "wasm-opt");
    wasm_opt.args(features).args(AGAIN).arg("--minify-imports-and-exports-and-modules");
    let told = shell::capture(wasm_opt.arg(&module).arg("-o").arg(&short));
    if let Some(names) = told.as_deref().and_then(Names::parse) {
        std::fs::write(&script, names.apply(&read(&script)?)?)?;
    } else {
        say::line(
            "This wasm-opt is too old to shorten names: the page stays larger (npm has a newer binaryen).",
        );
        std::fs::copy(&module, &short).with_context(|| format!("copying {}", module.display()))?;
    }

    let mut esbuild = shell::command(workspace, "esbuild");
    esbuild.args(["--minify", "--format=esm", "--log-level=warning", "--allow-overwrite"]);
    esbuild.arg(&script).arg(format!("--outfile={}", script.display()));
    shell::run_silently(&mut esbuild, "see what esbuild says above; it reads what wasm-bindgen wrote.")?;

    let (bytes, text) = (std::fs::read(&short)?, read(&script)?);
    let mut hasher = DefaultHasher::new();
    (&bytes, &text).hash(&mut hasher);
    let before = stem(&script)?;
    let name: String = before.split('-').take(2).collect::<Vec<_>>().join("-");
    let after = format!("{name}-{:016x}", hasher.finish());
    std::fs::write(workspace.dist().join(format!("{after}_bg.wasm")), bytes)?;
    // Each is told where the other is: page and Worker where the script, the script where the module.
    std::fs::write(workspace.dist().join(format!("{after}.js")), text.replace(&before, &after))?;
    for names_it in [index, workspace.dist().join("disk.js")] {
        std::fs::write(&names_it, read(&names_it)?.replace(&before, &after))?;
    }
    for old in [module, script] {
        std::fs::remove_file(&old).with_context(|| format!("removing {}", old.display()))?;
    }
    Ok(())
}

fn find_modules(dist: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(dist).with_context(|| format!("reading {}", dist.display()))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| name.ends_with("_bg.wasm")).collect())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

fn stem(path: &Path) -> Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.map(str::to_owned).context("the script has no name")
}

/// The features of a module, as index.html tells them to trunk.
fn features<'a>(html: &'a str, module: &str) -> Vec<&'a str> {
    let told = html
        .split("data-bin=\"")
        .skip(1)
        .find(|link| link.split_once('"').is_some_and(|(name, _)| module.starts_with(name)))
        .and_then(|link| link.split_once("data-wasm-opt-params=\""))
        .and_then(|(_, rest)| rest.split_once('"'));
    told.map(|(flags, _)| flags.split_whitespace().collect()).unwrap_or_default()
}

/// Which name became which.
#[derive(Debug, Default)]
struct Names {
    module: String,
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

impl Names {
    /// Reads `{"imports": [[module, long, short]…], "exports": [[long, short]…]}`.
    fn parse(told: &str) -> Option<Self> {
        let told: Value = serde_json::from_str(told).ok()?;
        let mut names = Self::default();
        for import in told.get("imports")?.as_array()? {
            let (module, long, short) = (text(import, 0)?, text(import, 1)?, text(import, 2)?);
            names.module = module;
            names.imports.insert(long, short);
        }
        for export in told.get("exports")?.as_array()? {
            names.exports.insert(text(export, 0)?, text(export, 1)?);
        }
        Some(names)
    }

    /// Puts the short names into the script: `long: function` makes an import, `wasm.long` uses an export.
    fn apply(&self, script: &str) -> Result<String> {
        let mut renamed = String::with_capacity(script.len());
        let mut made = HashSet::new();
        let mut rest = script;
        while let Some(start) = rest.find(is_part_of_name) {
            let (before, from) = rest.split_at(start);
            renamed.push_str(before);
            let (name, after) = from.split_at(from.find(|c| !is_part_of_name(c)).unwrap_or(from.len()));
            let short = match (self.imports.get(name), self.exports.get(name)) {
                (Some(short), _) if after.starts_with(':') => {
                    made.insert(name);
                    short
                }
                (_, Some(short)) if renamed.ends_with("wasm.") => short,
                _ => name,
            };
            renamed.push_str(short);
            rest = after;
        }
        renamed.push_str(rest);
        let module = format!("\"{}\":", self.module);
        if made.len() < self.imports.len() || !renamed.contains(&module) {
            return Err(failure(
                "The script does not make all that the module imports.",
                "this wasm-bindgen writes other scripts than xtask/src/shrink.rs expects: mend it there.",
            ));
        }
        Ok(renamed.replace(&module, &format!("{MODULE}:")))
    }
}

fn is_part_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

fn text(list: &Value, index: usize) -> Option<String> {
    list.get(index)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = r#"{
        "imports": [["./app_bg.js", "__wbg_close_0123", "$"], ["./app_bg.js", "__wbg_open_4567", "a"]],
        "exports": [["memory", "b"], ["__wbindgen_start", "c"]]
    }"#;

    #[test]
    fn both_sides_get_the_same_short_names() {
        let script = "const import0 = {\n    __wbg_close_0123: function(memory) { close(wasm.memory.buffer, memory); },\n    \
             __wbg_open_4567: function() {},\n};\nreturn { \"./app_bg.js\": import0 };\nwasm.__wbindgen_start();";
        let short = "const import0 = {\n    $: function(memory) { close(wasm.b.buffer, memory); },\n    \
             a: function() {},\n};\nreturn { a: import0 };\nwasm.c();";
        assert_eq!(Names::parse(TOLD).unwrap().apply(script).unwrap(), short);
    }

    #[test]
    fn a_script_that_lacks_an_import_is_refused() {
        let script = "const import0 = { __wbg_close_0123: function() {} }; ({ \"./app_bg.js\": import0 });";
        assert!(Names::parse(TOLD).unwrap().apply(script).is_err());
    }

    #[test]
    fn what_is_no_map_gives_no_names() {
        assert!(Names::parse("__wbg_close_0123 => a").is_none());
        assert!(Names::parse("{}").is_none());
    }

    #[test]
    fn the_features_are_those_that_trunk_is_told() {
        let html = "<link data-bin=\"app\" data-wasm-opt-params=\"--enable-x\" />\
            <link data-bin=\"disk\" data-wasm-opt-params=\"--enable-simd --enable-x\" />";
        assert_eq!(features(html, "disk-0123_bg.wasm"), ["--enable-simd", "--enable-x"]);
        assert_eq!(features(html, "app-0123_bg.wasm"), ["--enable-x"]);
        assert!(features(html, "other-0123_bg.wasm").is_empty());
    }
}
