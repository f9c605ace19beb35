/**
 * The commands of the README of the original EdgeSync (github.com/padmapriyavj/edgesync), as they stand there, and what
 * each must show here. In order: a later one may need what an earlier one did.
 */

export interface OriginalCommand {
  /** The heading it stands under. */
  readonly section: string;
  /** For bash. */
  readonly words: string;
  /** On standard output, each once and in this order. */
  readonly shows: readonly RegExp[];
}

const OLD_OR_NEW = /"success":true/;
const PERCENT = String.raw`\d{2,3}(\.\d{1,2})?%`;
const LOAD_LINES = (reads: string) => [
  new RegExp(`^US EAST \\(EAGER\\): {3}${PERCENT} hit ratio, \\d+ms P99$`, 'm'),
  new RegExp(`^EU WEST \\(LAZY\\): {4}${PERCENT} hit ratio, \\d+ms P99, \\d+ stale hits$`, 'm'),
  new RegExp(`^AP SOUTH \\(LAZY\\): {3}${PERCENT} hit ratio, \\d+ms P99, \\d+ stale hits$`, 'm'),
  new RegExp(`^Overall: {11}${PERCENT} hit ratio across ${reads} requests$`, 'm'),
];
const REGION_VERSION = (region: string) =>
  new RegExp(String.raw`\{\s+"region": "${region}",\s+"version": \d+,\s+"status": "(fresh|stale)"\s+\}`);

/** Of its world, whatever it runs on. */
export const PLAIN: readonly OriginalCommand[] = [
  {
    section: 'Create Content',
    words: `curl -X POST http://localhost:4000/api/content \\
  -H "Content-Type: application/json" \\
  -d '{
    "title": "Understanding Cache Invalidation",
    "slug": "cache-invalidation-101",
    "body": "Cache invalidation is one of the hardest problems...",
    "tags": ["tech", "distributed-systems"]
  }'`,
    shows: [/"success":true/, /"slug":"cache-invalidation-101"/, /"version":1\b/],
  },
  {
    section: 'Read from Edge',
    words: 'time curl http://localhost:5001/api/content/1',
    shows: [/"source":"origin"/],
  },
  {
    section: 'Read from Edge',
    words: 'time curl http://localhost:5001/api/content/1',
    shows: [/"source":"cache"/],
  },
  {
    section: 'Update Content',
    words: `curl -X PUT http://localhost:4000/api/content/1 \\
  -H "Content-Type: application/json" \\
  -d '{
    "title": "Updated: Cache Invalidation Patterns",
    "body": "New insights on distributed caching..."
  }'`,
    shows: [/"title":"Updated: Cache Invalidation Patterns"/],
  },
  {
    section: 'Observe Eventual Consistency',
    words: `curl http://localhost:5001/api/content/1
curl http://localhost:5002/api/content/1
curl http://localhost:5003/api/content/1
sleep 0.15
curl http://localhost:5001/api/content/1
curl http://localhost:5002/api/content/1
curl http://localhost:5003/api/content/1
sleep 0.2
curl http://localhost:5002/api/content/1
curl http://localhost:5003/api/content/1
sleep 0.35
curl http://localhost:5003/api/content/1`,
    shows: Array.from({ length: 9 }, () => OLD_OR_NEW),
  },
  {
    section: 'View Metrics',
    words: 'curl http://localhost:5001/metrics | jq',
    shows: [/"region": "us-east"/, /"totalRequests": \d+/, /"hitRatio": /],
  },
  {
    section: 'View Metrics',
    words: `curl http://localhost:5001/metrics | jq '.metrics | {hitRatio, p99Latency, strategy: "eager"}'`,
    shows: [/"hitRatio": \d/, /"p99Latency": \d/, /"strategy": "eager"/],
  },
  {
    section: 'View Metrics',
    words: `curl http://localhost:5002/metrics | jq '.metrics | {hitRatio, p99Latency, staleHits, strategy: "lazy"}'`,
    shows: [/"hitRatio": \d/, /"p99Latency": \d/, /"staleHits": \d/, /"strategy": "lazy"/],
  },
  {
    section: 'Manual Testing',
    words: `curl http://localhost:5001/api/content/1
curl http://localhost:5001/api/content/1`,
    shows: [/"success":true/, /"source":"cache"/],
  },
  {
    section: 'Manual Testing',
    words: `curl -X PUT http://localhost:4000/api/content/1 \\
  -H "Content-Type: application/json" \\
  -d '{"title":"Updated"}'`,
    shows: [/"title":"Updated"/],
  },
  { section: 'Manual Testing', words: `curl http://localhost:5001/metrics | jq '.metrics'`, shows: [/^\{\s+"totalRequests": \d+/] },
  { section: 'Load Testing', words: './test-load.sh', shows: LOAD_LINES('600') },
  { section: 'Run Load Test', words: './test-heavy-load.sh', shows: LOAD_LINES('3,750') },
  {
    section: 'Load Testing',
    words: `for i in {1..1000}; do
  curl -s http://localhost:5001/api/content/1 > /dev/null &
done
wait`,
    shows: [],
  },
  {
    section: 'Observing Eventual Consistency',
    words: `curl -X PUT http://localhost:4000/api/content/1 \\
  -H "Content-Type: application/json" \\
  -d '{"title":"Consistency Test"}' | jq '.data.version'
echo "T+0ms:"
curl -s http://localhost:5001/api/content/1 | jq '{region, version: .data.version, status}'
curl -s http://localhost:5002/api/content/1 | jq '{region, version: .data.version, status}'
curl -s http://localhost:5003/api/content/1 | jq '{region, version: .data.version, status}'
sleep 0.15
echo "T+150ms:"
curl -s http://localhost:5001/api/content/1 | jq '{region, version: .data.version, status}'
curl -s http://localhost:5002/api/content/1 | jq '{region, version: .data.version, status}'
curl -s http://localhost:5003/api/content/1 | jq '{region, version: .data.version, status}'
sleep 0.2
echo "T+350ms:"
curl -s http://localhost:5002/api/content/1 | jq '{region, version: .data.version, status}'
sleep 0.35
echo "T+700ms (All consistent):"
curl -s http://localhost:5003/api/content/1 | jq '{region, version: .data.version, status}'`,
    shows: [
      /^\d+$/m,
      /^T\+0ms:$/m,
      ...['us-east', 'eu-west', 'ap-south'].map(REGION_VERSION),
      /^T\+150ms:$/m,
      ...['us-east', 'eu-west', 'ap-south'].map(REGION_VERSION),
      /^T\+350ms:$/m,
      REGION_VERSION('eu-west'),
      /^T\+700ms \(All consistent\):$/m,
      REGION_VERSION('ap-south'),
    ],
  },
  {
    section: 'High Cache Miss Rate',
    words: 'for i in {1..100}; do curl -s http://localhost:5001/api/content/1 > /dev/null; done',
    shows: [],
  },
  { section: 'High Cache Miss Rate', words: `curl http://localhost:5001/metrics | jq '.metrics.hitRatio'`, shows: [/^\d+(\.\d+)?$/m] },
];

/** Pages that its table of access points names, without Kafka UI. */
export const ADDRESSES = [
  'http://localhost:4000',
  'http://localhost:5001',
  'http://localhost:5002',
  'http://localhost:5003',
  'http://localhost:5001/metrics',
  'http://localhost:5002/metrics',
  'http://localhost:5003/metrics',
] as const;

/** What it says of a cluster that runs. */
export const OF_A_CLUSTER: readonly OriginalCommand[] = [
  { section: 'Cache Not Updating', words: 'docker-compose logs kafka | tail -50', shows: [/ INFO .*\(.*kafka\./] },
  {
    section: 'Cache Not Updating',
    words: 'docker-compose logs edge-us-east | grep "invalidation"',
    shows: [/"region":"us-east".*"type":"key","target":"content:1".*"msg":"invalidation applied"/],
  },
  { section: 'Cache Not Updating', words: 'open http://localhost:8080', shows: [/Kafka UI/] },
  {
    section: 'Cache Not Updating',
    words: 'docker-compose exec kafka kafka-topics --list --bootstrap-server localhost:9092',
    shows: [/^cache\.invalidation\s*$/m],
  },
  { section: 'Consumer Not Receiving', words: 'docker-compose ps kafka', shows: [/kafka.*\(healthy\)/] },
  {
    section: 'Consumer Not Receiving',
    words: 'docker-compose exec kafka kafka-topics --describe --topic cache.invalidation --bootstrap-server localhost:9092',
    shows: [/Topic: cache\.invalidation\b.*PartitionCount: 3/, /Partition: 2\b/],
  },
  {
    section: 'Consumer Not Receiving',
    words: 'docker-compose logs edge-us-east | grep "Consumer has joined"',
    shows: [/"group":"cache-invalidation-us-east"/],
  },
  { section: 'Viewing Logs', words: 'docker-compose logs --tail=100 edge-eu-west', shows: [/"msg":"edge listening"/] },
  { section: 'Consumer Not Receiving', words: 'docker-compose restart edge-us-east edge-eu-west edge-ap-south', shows: [] },
  { section: 'Switching Invalidation Strategies', words: 'docker-compose restart edge-us-east', shows: [] },
];

/** Never end by themselves. */
export const FOLLOWING: readonly OriginalCommand[] = [
  { section: 'Viewing Logs', words: 'docker-compose logs -f', shows: [/"msg":"edge listening"/] },
  { section: 'Viewing Logs', words: 'docker-compose logs -f edge-us-east', shows: [/"msg":"edge listening"/] },
];
