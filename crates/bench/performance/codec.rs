//! Reading and writing messages, against copying their bytes.

use std::hint::black_box;

use criterion::Throughput;
use ike::Powers;
use isakmp::Message;
use scenario::Scenario;
use sim::Kind;

use crate::Row;
use crate::cpu::Criterion;
use crate::table::Times;

/// The six messages of a Main Mode between two ASAs.
fn datagrams() -> Vec<Vec<u8>> {
    let scenario = Scenario::parse("empty", "").expect("the empty scenario");
    let (trace, _) = sim::run(&scenario.setup, &Powers::none());
    let sent = trace.entries().iter().filter_map(|entry| match &entry.kind {
        Kind::Sent(datagram) => Some(datagram.message().to_vec()),
        _ => None,
    });
    sent.collect()
}

fn decode(datagrams: &[Vec<u8>]) -> Vec<Message> {
    datagrams.iter().map(|datagram| Message::decode(datagram).expect("our own message")).collect()
}

fn encode(messages: &[Message]) -> Vec<Vec<u8>> {
    messages.iter().map(Message::encode).collect()
}

pub fn bench(criterion: &mut Criterion) {
    let datagrams = datagrams();
    let messages = decode(&datagrams);
    assert_eq!(encode(&messages), datagrams);
    let mut group = criterion.benchmark_group("codec");
    group.throughput(Throughput::Bytes(bytes(&datagrams) as u64));
    group.bench_function("decode", |b| b.iter(|| decode(black_box(&datagrams))));
    group.bench_function("encode", |b| b.iter(|| encode(black_box(&messages))));
    group.bench_function("copy", |b| b.iter(|| black_box(&datagrams).clone()));
    group.finish();
}

fn bytes(datagrams: &[Vec<u8>]) -> usize {
    datagrams.iter().map(Vec::len).sum()
}

pub fn rows(times: &Times) -> Vec<Row> {
    let datagrams = datagrams();
    let messages = decode(&datagrams);
    let copy = times.seconds("codec", "copy");
    let per_message =
        |work: &dyn Fn()| allocation_counter::measure(work).count_total as f64 / messages.len() as f64;
    let row = |name: &str, allocations: f64| {
        let ours = times.seconds("codec", name);
        let speed = |seconds: f64| bytes(&datagrams) as f64 / seconds / 1e9;
        Row {
            what: format!("{name} the six messages of Main Mode"),
            figure: format!("{:.2} GB/s, {allocations:.1} allocations a message", speed(ours)),
            reference: format!("copying them: {:.2} GB/s, 1 allocation", speed(copy)),
            ratio: copy / ours,
            aim: "-",
        }
    };
    vec![
        row("decode", per_message(&|| drop(decode(&datagrams)))),
        row("encode", per_message(&|| drop(encode(&messages)))),
    ]
}
