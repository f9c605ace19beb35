/** Wrong programs where several edges of a region share its cache. Each is right where there is one. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const EDGE = 'services/edge/edge.ts';

/**
 * As a consumer group of them all would: each edge is given some partitions, and nobody reads those of one that is
 * away.
 */
const SPLIT = {
  file: EDGE,
  old: '    group: consumerGroupOf(config),\n    log,\n',
  new: `    group: consumerGroupOf(config),
      log: config.EDGE_MEMBER === 0 ? log : (() => {
        const isOwn = ({ partition }: { readonly partition: number }) => partition % 2 === (config.EDGE_MEMBER - 1) % 2;
        return {
          append: (messages) => log.append(messages),
          subscribe: (subscriber) => log.subscribe({
            ...subscriber,
            onAssigned: (bounds) => subscriber.onAssigned(bounds.filter(isOwn)),
            onRecords: (partition, records) => { if (isOwn({ partition })) subscriber.onRecords(partition, records); },
          }),
          bounds: async () => (await log.bounds()).filter(isOwn),
          connected: () => log.connected(),
          close: () => log.close(),
        };
      })(),`,
};

export const MEMBERS_PATCHES: readonly Patch[] = [
  {
    name: 'edges-split-the-log',
    about: 'The edges of a region share one group, which splits the partitions among them: nobody reads those of an edge that is away.',
    edits: [SPLIT],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'edges-lease-by-any-partition',
    about: 'They split the log, and the latest heartbeat of any partition counts: that of one which is read, for those which nobody reads.',
    edits: [
      SPLIT,
      {
        file: 'services/edge/cache/beats.ts',
        old: '      if (time === undefined) return undefined;\n      lowest = Math.min(time, lowest ?? time);',
        new: '      if (time !== undefined) lowest = Math.max(time, lowest ?? time);',
      },
    ],
    members: 2,
    caughtBy: ['fresh-beyond-lease'],
  },
];
