import { connectionFigures } from '#lib/server/channels/connections/figures.ts';
import { finding, isOlder, type Finding } from './finding.ts';

/** Minutes for which a channel may fail before it counts as trouble: a server that restarts is back sooner. */
const FAILED_MINUTES = 10;
/** Minutes that a message may wait to be processed. */
const WAITING_MINUTES = 15;

/**
 * A finding per connection. Without any connection there is none.
 * @param only ids of offices; by default all
 */
export async function channelFindings(only?: readonly string[]): Promise<(Finding & { office: string })[]> {
	const all = await connectionFigures();
	return all
		.filter(({ unitId }) => only?.includes(unitId) ?? true)
		.map((connection) => ({ instance: connection.id, ...findingOf(connection), office: connection.unitId }));
}

function findingOf(connection: Awaited<ReturnType<typeof connectionFigures>>[number]): Finding {
	const { id, address, pausedAt, checkedAt, lastError, lastErrorAt: at, oldest, unknown } = connection;
	if (pausedAt) return finding('channels', 'off', 'channel_paused', { address, at: pausedAt });
	if (lastError && at) {
		const condition = isOlder(at, FAILED_MINUTES) ? 'bad' : 'watch';
		const failed = finding('channels', condition, 'channel_failed', { address, fault: lastError, at });
		return { ...failed, instance: `${id}:${at.getTime()}` };
	}
	if (oldest && isOlder(oldest, WAITING_MINUTES))
		return finding('channels', 'bad', 'channel_behind', { address, at: oldest });
	if (unknown > 0) return finding('channels', 'watch', 'channel_unknown', { address, count: unknown });
	if (!checkedAt) return finding('channels', 'watch', 'channel_new', { address });
	return finding('channels', 'good', 'channel_good', { address, at: checkedAt });
}
