//! Random kubeconfigs as people and programs leave them: several files, every style of YAML, names full of traps, some broken.

use std::fmt::Write as _;

use super::seed::Random;

/// Names of clusters, users, contexts and namespaces; the first ones come most often, so that entries meet.
pub const NAMES: [&str; 44] = [
    "dev",
    "prod",
    "a",
    "kind-dev",
    "arn:aws:eks:eu-west-1:123456789012:cluster/prod",
    "alice@prod.eu-west-1.eksctl.io",
    "team/dev",
    "a b",
    "a: b",
    "a #b",
    "a:",
    "yes",
    "n",
    "1",
    "1.5",
    "0x1F",
    "1_000",
    "12:30",
    "2024-01-01",
    "~",
    "null",
    "é",
    "名前",
    "\u{1f680} up",
    "a\nb",
    "a\tb",
    " a",
    "a ",
    "it's",
    "say \"b\"",
    "-x",
    "- x",
    "&a",
    "*a",
    "{x}",
    "[y]",
    "a,b",
    "%a",
    "@a",
    "!t",
    "? a",
    "<<",
    "#",
    // and no U+0085: kubectl writes it in a way that it reads as a blank
    "a\u{2028}b",
];

/// A file of a set.
#[derive(Clone, Debug)]
pub struct One {
    /// Its path, relative to the folder of the set.
    pub path: &'static str,
    /// What it holds; none where it is not there.
    pub bytes: Option<Vec<u8>>,
}

const PATHS: [&str; 4] = ["config", "kube/eks.yaml", "kube/more/third config", "fourth.json"];

/// Between one and four files.
pub fn set(random: &mut Random) -> Vec<One> {
    let count = 1 + random.below(4);
    PATHS[..count]
        .iter()
        .map(|path| {
            let bytes = if random.percent(8) { None } else { Some(file(random)) };
            One { path, bytes }
        })
        .collect()
}

/// A name.
pub fn name(random: &mut Random) -> String {
    let end = if random.percent(60) { 6 } else { NAMES.len() };
    NAMES[random.below(end)].to_owned()
}

/// A value that is to be written.
#[derive(Clone)]
enum Yaml {
    Text(String),
    Plain(&'static str),
    List(Vec<Self>),
    Map(Vec<(&'static str, Self)>),
}

fn file(random: &mut Random) -> Vec<u8> {
    match random.below(100) {
        0..3 => return Vec::new(),
        3..5 => return b"# nothing yet\n".to_vec(),
        5..7 => return b"---\n".to_vec(),
        _ => {}
    }
    let style = Style {
        form: random.pick(&[Form::Block, Form::Block, Form::Block, Form::Block, Form::Block, Form::Line, Form::Lines]),
        list_indent: if random.percent(30) { 2 } else { 0 },
        has_comments: random.percent(50),
        flow_entries: random.percent(20),
    };
    let mut writer = Writer { random, style, out: String::new(), comments: 0 };
    let root = writer.root();
    let mut text = match writer.style.form {
        Form::Line => json(&root, None) + "\n",
        Form::Lines => json(&root, Some(0)) + "\n",
        Form::Block => {
            writer.comment(0);
            writer.block(&root, 0);
            writer.out
        }
    };
    if random.percent(5) {
        text = format!("---\n{text}");
    }
    if random.percent(4) {
        text.push_str("---\ncurrent-context: of-another-document\n");
    }
    text = spoilt(random, text);
    if random.percent(15) {
        text.truncate(text.trim_end().len());
    }
    if random.percent(20) {
        text = text.replace('\n', "\r\n");
    }
    match random.below(100) {
        0..4 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        4..6 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        _ => text.into_bytes(),
    }
}

/// Now and then a file that kubectl does not read, or only just.
fn spoilt(random: &mut Random, text: String) -> String {
    match random.below(100) {
        0 => text + "contexts: [a]\n",
        1 => text + "\tx: y\n",
        2 => text.replacen("current-context: ", "current-context: 010 #", 1),
        3 => {
            let end = random.below(text.len());
            (0..=end).rev().find_map(|end| text.get(..end)).unwrap_or_default().to_owned()
        }
        4 => text.replace("name: ", "name:  "),
        5 => text.replace("server: ", "server: &s "),
        6 => text.replacen("\ncurrent-context: ", "\nx-anchor: &x dev\ncurrent-context: *x # ", 1),
        _ => text,
    }
}

/// Blocks, or JSON on one line or many.
#[derive(Clone, Copy)]
enum Form {
    Block,
    Line,
    Lines,
}

#[derive(Clone, Copy)]
struct Style {
    form: Form,
    list_indent: usize,
    has_comments: bool,
    flow_entries: bool,
}

struct Writer<'a> {
    random: &'a mut Random,
    style: Style,
    out: String,
    comments: usize,
}

impl Writer<'_> {
    fn root(&mut self) -> Yaml {
        let mut pairs = vec![("apiVersion", Yaml::Plain("v1")), ("kind", Yaml::Plain("Config"))];
        if self.random.percent(30) {
            pairs.clear();
        }
        for section in ["clusters", "contexts", "users"] {
            match self.random.below(20) {
                0 => {}
                1 => pairs.push((section, Yaml::Plain("null"))),
                2 => pairs.push((section, Yaml::List(Vec::new()))),
                _ => pairs.push((section, self.section(section))),
            }
        }
        if self.random.percent(60) {
            pairs.push(("current-context", Yaml::Text(name(self.random))));
        } else if self.random.percent(40) {
            pairs.push(("current-context", Yaml::Plain(["''", "\"\"", "~", "null"][self.random.below(4)])));
        }
        if self.random.percent(30) {
            pairs.push(("preferences", Yaml::Map(Vec::new())));
        }
        if self.random.percent(20) {
            pairs.push((
                "x-of-ours",
                Yaml::Map(vec![("token", Yaml::Text("kept".to_owned())), ("list", Yaml::List(vec![Yaml::Plain("1")]))]),
            ));
        }
        if self.random.percent(60) {
            pairs.sort_by_key(|(key, _)| *key);
        }
        Yaml::Map(pairs)
    }

    fn section(&mut self, section: &'static str) -> Yaml {
        let mut names: Vec<String> = (0..self.random.below(4)).map(|_| name(self.random)).collect();
        // two of a name break a file, which is wanted seldom
        if !self.random.percent(3) {
            names.sort();
            names.dedup();
        }
        let entries = names.into_iter().map(|name| {
            let (key, inner) = match section {
                "clusters" => ("cluster", self.cluster()),
                "users" => ("user", self.user()),
                _ => ("context", self.context()),
            };
            let mut pairs = vec![(key, inner), ("name", Yaml::Text(name))];
            if self.random.percent(3) {
                pairs.remove(0);
            }
            if self.random.percent(20) {
                pairs.reverse();
            }
            Yaml::Map(pairs)
        });
        Yaml::List(entries.collect())
    }

    fn some(&mut self, percent: usize, pairs: &mut Vec<(&'static str, Yaml)>, key: &'static str, values: &[&str]) {
        if self.random.percent(percent) {
            let value = values[self.random.below(values.len())].to_owned();
            pairs.push((key, Yaml::Text(value)));
        }
    }

    fn context(&mut self) -> Yaml {
        let mut pairs = Vec::new();
        if self.random.percent(90) {
            pairs.push(("cluster", Yaml::Text(name(self.random))));
        }
        if self.random.percent(40) {
            pairs.push(("namespace", Yaml::Text(name(self.random))));
        }
        if self.random.percent(85) {
            pairs.push(("user", Yaml::Text(name(self.random))));
        }
        if self.random.percent(10) {
            pairs.push(("extensions", extension()));
        }
        if self.random.percent(20) {
            pairs.reverse();
        }
        Yaml::Map(pairs)
    }

    fn cluster(&mut self) -> Yaml {
        let mut pairs = Vec::new();
        self.some(20, &mut pairs, "certificate-authority", &["ca.crt", "./pki/ca.crt", "../ca.crt", "/etc/ca.crt"]);
        self.some(40, &mut pairs, "certificate-authority-data", &["TFMwdExTMUNSVWRKVGc9PQ==", "YQ=="]);
        if self.random.percent(10) {
            pairs.push(("disable-compression", Yaml::Plain("true")));
        }
        if self.random.percent(15) {
            pairs.push(("insecure-skip-tls-verify", Yaml::Plain(["true", "false", "yes"][self.random.below(3)])));
        }
        self.some(10, &mut pairs, "proxy-url", &["http://proxy:3128", "socks5://proxy:1080"]);
        self.some(
            95,
            &mut pairs,
            "server",
            &["https://127.0.0.1:6443", "https://ABC.gr7.eu-west-1.eks.amazonaws.com", "http://[::1]:8080"],
        );
        self.some(10, &mut pairs, "tls-server-name", &["kubernetes"]);
        if self.random.percent(10) {
            pairs.push(("extensions", extension()));
        }
        Yaml::Map(pairs)
    }

    fn user(&mut self) -> Yaml {
        let mut pairs = Vec::new();
        self.some(15, &mut pairs, "as", &["admin", "system:serviceaccount:dev:ci"]);
        if self.random.percent(8) {
            pairs.push(("as-groups", Yaml::List(vec![Yaml::Text("system:masters".to_owned()), Yaml::Text(name(self.random))])));
        }
        self.some(5, &mut pairs, "as-uid", &["1", "uid"]);
        if self.random.percent(5) {
            pairs.push(("as-user-extra", Yaml::Map(vec![("reason", Yaml::List(vec![Yaml::Text(name(self.random))]))])));
        }
        if self.random.percent(5) {
            let config = Yaml::Map(vec![("id-token", Yaml::Text("e30.e30.x".to_owned()))]);
            pairs.push(("auth-provider", Yaml::Map(vec![("config", config), ("name", Yaml::Text("oidc".to_owned()))])));
        }
        self.some(20, &mut pairs, "client-certificate", &["alice.crt", "../pki/alice.crt", "/etc/alice.crt"]);
        self.some(30, &mut pairs, "client-certificate-data", &["Y2VydA=="]);
        self.some(20, &mut pairs, "client-key", &["alice.key", "./a//b/../alice.key"]);
        self.some(30, &mut pairs, "client-key-data", &["a2V5"]);
        if self.random.percent(40) {
            pairs.push(("exec", self.exec()));
        }
        self.some(8, &mut pairs, "password", &["p: #ss", "secret"]);
        self.some(25, &mut pairs, "token", &["t0ken", "eyJhbGciOiJub25lIn0.e30.", "a\nb"]);
        self.some(10, &mut pairs, "tokenFile", &["alice.token", "/var/run/token"]);
        self.some(8, &mut pairs, "username", &["alice"]);
        Yaml::Map(pairs)
    }

    fn exec(&mut self) -> Yaml {
        let text = |text: &str| Yaml::Text(text.to_owned());
        let version = ["client.authentication.k8s.io/v1beta1", "client.authentication.k8s.io/v1"][self.random.below(2)];
        let args =
            ["--region", "eu-west-1", "eks", "get-token", "--cluster-name", "prod", "--output", "json", "--role", "arn:aws:iam::1:role/x"];
        let count = self.random.below(args.len() + 1);
        let mut pairs = vec![("apiVersion", text(version))];
        if self.random.percent(80) {
            pairs.push(("args", Yaml::List(args[..count].iter().map(|arg| text(arg)).collect())));
        }
        pairs.push(("command", text(["aws", "./bin/plugin", "/usr/bin/aws", "bin/../aws"][self.random.below(4)])));
        if self.random.percent(40) {
            pairs.push(("env", Yaml::List(vec![Yaml::Map(vec![("name", text("AWS_PROFILE")), ("value", Yaml::Text(name(self.random)))])])));
        } else if self.random.percent(50) {
            pairs.push(("env", Yaml::Plain("null")));
        }
        self.some(10, &mut pairs, "installHint", &["get it\nfrom somewhere"]);
        self.some(40, &mut pairs, "interactiveMode", &["Never", "IfAvailable", "Always"]);
        if self.random.percent(40) {
            pairs.push(("provideClusterInfo", Yaml::Plain(["true", "false"][self.random.below(2)])));
        }
        Yaml::Map(pairs)
    }

    /// A comment, each with a number of its own.
    fn comment(&mut self, indent: usize) {
        if self.style.has_comments && self.random.percent(15) {
            self.out.push_str(&" ".repeat(indent));
            let _ = writeln!(self.out, "# note {}", self.comments);
            self.comments += 1;
        }
    }

    fn end(&mut self) {
        if self.style.has_comments && self.random.percent(10) {
            let _ = write!(self.out, " # note {}", self.comments);
            self.comments += 1;
        }
        self.out.push('\n');
    }

    /// A value as a block, its first line begun already.
    fn block(&mut self, value: &Yaml, indent: usize) {
        match value {
            Yaml::Map(pairs) if !pairs.is_empty() => {
                for (position, (key, value)) in pairs.iter().enumerate() {
                    if position > 0 {
                        self.comment(indent);
                        self.out.push_str(&" ".repeat(indent));
                    }
                    self.out.push_str(key);
                    self.out.push(':');
                    self.beside(value, indent);
                }
            }
            Yaml::List(items) if !items.is_empty() => {
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        self.comment(indent);
                        self.out.push_str(&" ".repeat(indent));
                    }
                    self.out.push_str("- ");
                    let is_flow = self.style.flow_entries && self.random.percent(50);
                    if is_flow {
                        let text = json(item, None);
                        self.out.push_str(&text);
                        self.end();
                    } else {
                        self.block(item, indent + 2);
                    }
                }
            }
            other => {
                let text = self.scalar(other, indent);
                self.out.push_str(&text);
                // a block scalar ends its line
                if text.ends_with('\n') { self.out.push_str("") } else { self.end() }
            }
        }
    }

    /// A value beside its key, or below it.
    fn beside(&mut self, value: &Yaml, indent: usize) {
        let inner = match value {
            Yaml::Map(pairs) if !pairs.is_empty() => indent + 2,
            Yaml::List(items) if !items.is_empty() => indent + self.style.list_indent,
            _ => {
                self.out.push(' ');
                return self.block(value, indent);
            }
        };
        self.end();
        self.comment(inner);
        self.out.push_str(&" ".repeat(inner));
        self.block(value, inner);
    }

    fn scalar(&mut self, value: &Yaml, indent: usize) -> String {
        match value {
            Yaml::Plain(text) => (*text).to_owned(),
            Yaml::Text(text) => {
                let is_safe = text.chars().all(|c| c.is_alphanumeric() || ":/.@-".contains(c))
                    && text.starts_with(|c: char| c.is_alphabetic())
                    && !text.ends_with(':')
                    && !["yes", "n", "null"].contains(&text.as_str());
                let is_shown = text.chars().all(|c| !c.is_control() && c != '\u{2028}');
                match self.random.below(10) {
                    0..6 if is_safe => text.clone(),
                    0..8 if is_shown => format!("'{}'", text.replace('\'', "''")),
                    8 if is_shown && !text.starts_with(' ') && !text.is_empty() => {
                        format!("|-\n{}{text}\n", " ".repeat(indent + 2))
                    }
                    _ => double(text),
                }
            }
            Yaml::List(_) => "[]".to_owned(),
            Yaml::Map(_) => "{}".to_owned(),
        }
    }
}

fn extension() -> Yaml {
    let inner = Yaml::Map(vec![("last-update", Yaml::Text("Mon, 02 Jan 2006".to_owned()))]);
    Yaml::List(vec![Yaml::Map(vec![("extension", inner), ("name", Yaml::Text("minikube".to_owned()))])])
}

/// A value as JSON, on lines of their own from an indentation on, or on one.
fn json(value: &Yaml, indent: Option<usize>) -> String {
    let (open, close, between, next) = match indent {
        Some(indent) => (format!("\n{}", " ".repeat(indent + 4)), format!("\n{}", " ".repeat(indent)), ",", Some(indent + 4)),
        None => (String::new(), String::new(), ", ", None),
    };
    let join = |items: Vec<String>, brackets: [&str; 2]| {
        if items.is_empty() {
            return brackets.concat();
        }
        let between = if next.is_some() { format!("{between}{open}") } else { between.to_owned() };
        format!("{}{open}{}{close}{}", brackets[0], items.join(&between), brackets[1])
    };
    match value {
        Yaml::Text(text) => double(text),
        Yaml::Plain("~" | "null") => "null".to_owned(),
        Yaml::Plain("''") => "\"\"".to_owned(),
        Yaml::Plain(text @ ("true" | "false" | "1" | "\"\"")) => (*text).to_owned(),
        Yaml::Plain("yes") => "true".to_owned(),
        Yaml::Plain(text) => double(text),
        Yaml::List(items) => join(items.iter().map(|item| json(item, next)).collect(), ["[", "]"]),
        Yaml::Map(pairs) => join(pairs.iter().map(|(key, value)| format!("\"{key}\": {}", json(value, next))).collect(), ["{", "}"]),
    }
}

fn double(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            '\u{2028}' => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{text}\"")
}
