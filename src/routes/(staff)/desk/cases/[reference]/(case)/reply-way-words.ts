import { m } from '#lib/paraglide/messages.js';
import type { ReplyWay } from '#lib/server/channels/reply-way.ts';

/** How a reply reaches the reporter, in words. Chosen on the server, so that no page loads the words of all ways. */
export const replyWayWords = ({ by, warning }: ReplyWay) => ({
	way: m[`channels_way_${by}`](),
	warning: warning && m[`channels_warning_${warning}`]()
});
