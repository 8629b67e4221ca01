//! What a plugin is told: `KUBERNETES_EXEC_INFO`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::kubeconfig::{Cluster, Exec};

/// An ExecCredential with a `spec`; the cluster is in it where the plugin is to be told of it, its authority in PEM.
pub fn information(exec: &Exec, cluster: &Cluster, authority: Option<&[u8]>, is_interactive: bool) -> String {
    let mut spec = json!({ "interactive": is_interactive });
    if exec.provide_cluster_info {
        let mut about = Map::new();
        about.insert("server".to_owned(), Value::from(cluster.server.as_str()));
        let texts = [("tls-server-name", &cluster.tls_server_name), ("proxy-url", &cluster.proxy_url)];
        for (key, value) in texts {
            if let Some(value) = value {
                about.insert(key.to_owned(), Value::from(value.as_str()));
            }
        }
        if let Some(pem) = authority {
            about.insert("certificate-authority-data".to_owned(), Value::from(STANDARD.encode(pem)));
        }
        let flags = [("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify), ("disable-compression", cluster.disable_compression)];
        for (key, _) in flags.into_iter().filter(|(_, value)| *value) {
            about.insert(key.to_owned(), Value::from(true));
        }
        about.insert("config".to_owned(), cluster.exec_config.clone().unwrap_or(Value::Null));
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("cluster".to_owned(), Value::Object(about));
        }
    }
    json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_is_told_of_the_cluster_where_it_asks() {
        let told = |exec: &Exec, cluster: &Cluster, authority: Option<&[u8]>| -> Value {
            serde_json::from_str(&information(exec, cluster, authority, false)).unwrap()
        };
        let mut exec = Exec { api_version: "client.authentication.k8s.io/v1beta1".to_owned(), ..Exec::default() };
        let mut cluster = Cluster {
            server: "https://x".to_owned(),
            insecure_skip_tls_verify: true,
            proxy_url: Some("socks5://p".to_owned()),
            ..Cluster::default()
        };
        assert_eq!(
            told(&exec, &cluster, Some(b"PEM")),
            json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": { "interactive": false } })
        );
        exec.provide_cluster_info = true;
        let mut about = json!({
            "server": "https://x", "insecure-skip-tls-verify": true, "proxy-url": "socks5://p",
            "certificate-authority-data": "UEVN", "config": null,
        });
        assert_eq!(told(&exec, &cluster, Some(b"PEM"))["spec"]["cluster"], about);
        // the extension `client.authentication.k8s.io/exec`, whatever it is
        cluster.exec_config = Some(json!({ "audience": "prod", "many": [1] }));
        cluster.tls_server_name = Some("y".to_owned());
        cluster.disable_compression = true;
        about["config"] = json!({ "audience": "prod", "many": [1] });
        about["tls-server-name"] = json!("y");
        about["disable-compression"] = json!(true);
        assert_eq!(told(&exec, &cluster, Some(b"PEM"))["spec"]["cluster"], about);
    }
}
