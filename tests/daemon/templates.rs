//! Own templates that change, break and are mended while the daemon runs.

use vigie::store::Store;

use crate::running::Running;
use crate::support::{LIMIT, WATCHLIST, World, until};

fn template(mark: &str) -> String {
    format!(
        "{{{{ verdict }}}} {mark}\n{{% for m in mentions %}}{{% for p in m.title %}}{{{{ p.text }}}}{{% endfor %}}\n{{% endfor %}}"
    )
}

/// A new item in front of the others.
fn publish(world: &World, count: usize) {
    let texts: Vec<(String, String)> =
        (0..count).rev().map(|n| (n.to_string(), format!("https://site.example/{n}"))).collect();
    let titles = ["Panne à Lille", "Boutique à Nantes", "Tarifs à Brest", "Réseau à Metz"];
    let items: Vec<(&str, &str, &str, &str)> = texts
        .iter()
        .enumerate()
        .map(|(at, (id, link))| (id.as_str(), titles[count - 1 - at], link.as_str(), "Orange, encore et encore."))
        .collect();
    world.feed("/rss.xml", &items);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_read_again_and_a_broken_one_leaves_the_last_good_one() {
    let world = World::with(WATCHLIST).await;
    let folder = world.path().join("looks");
    std::fs::create_dir(&folder).expect("a folder");
    let write = |text: &str| {
        std::fs::write(folder.join("mention.new"), text).expect("written");
        std::fs::rename(folder.join("mention.new"), folder.join("mention.txt")).expect("renamed");
    };
    write(&template("(one)"));
    let text = std::fs::read_to_string(world.config()).expect("settings");
    std::fs::write(world.config(), format!("{text}templates: looks\n")).expect("written");
    publish(&world, 1);
    let running = Running::start(&world).await;
    until("the feed was polled", async || world.web.count("/rss.xml") >= 2).await;
    publish(&world, 2);
    let mails = world.smtp.wait_for(1, LIMIT).await;
    assert!(mails[0].text().contains("(one)"), "{}", mails[0].text());

    write("{{ verdict }} {{ nosuch }}");
    let mails = world.smtp.wait_for(2, LIMIT).await;
    let refusal = mails[1].text();
    assert!(
        refusal.contains("mention.txt:1:1: ") && refusal.contains("nosuch") || refusal.contains("undefined"),
        "{refusal}"
    );
    publish(&world, 3);
    let mails = world.smtp.wait_for(3, LIMIT).await;
    assert!(mails[2].text().contains("(one)"), "the last good one: {}", mails[2].text());

    write(&template("(two)"));
    until("the mended one is taken", async || {
        let kept = running.store.value("template/mention.txt").await.expect("a store");
        kept.is_some_and(|text| text.contains("(two)"))
    })
    .await;
    publish(&world, 4);
    let mails = world.smtp.wait_for(4, LIMIT).await;
    assert!(mails[3].text().contains("(two)"), "{}", mails[3].text());
    running.stop().await;

    // Broken while nobody looked: the last good one is in the store.
    write("{% if");
    let (code, _, error) = world.output(&["check"]).await;
    assert_eq!(code, 78, "{error}");
    let (code, _, error) = world.output(&["run", "--once"]).await;
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("mention.txt:1:1: "), "{error}");
    let mails = world.smtp.wait_for(5, LIMIT).await;
    assert!(mails[4].text().contains("mention.txt"), "{}", mails[4].text());
}
