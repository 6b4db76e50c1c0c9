import { m } from '#lib/paraglide/messages.js';
import type { ReplyWay } from '#lib/server/channels/reply-way.ts';

const ways: Record<ReplyWay['by'], () => string> = {
	email: m.channels_way_email,
	whatsapp: m.channels_way_whatsapp,
	sms: m.channels_way_sms,
	news: m.channels_way_news,
	site: m.channels_way_site
};
const warnings: Record<NonNullable<ReplyWay['warning']>, () => string> = {
	refused: m.channels_warning_refused,
	stopped: m.channels_warning_stopped,
	no_contact: m.channels_warning_no_contact,
	no_server: m.channels_warning_no_server,
	paused: m.channels_warning_paused,
	window: m.channels_warning_window,
	undelivered: m.channels_warning_undelivered
};

/** How a reply reaches the reporter, in words. Chosen on the server, so that no page loads the words of all ways. */
export const replyWayWords = ({ by, warning }: ReplyWay) => ({
	way: ways[by](),
	warning: warning && warnings[warning]()
});
