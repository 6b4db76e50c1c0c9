import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ListedRule } from '#lib/server/cases/triage/routing-rules.ts';
import { serviceWord } from '#lib/words/office.ts';
import { categoryWord, channelWord, kindWord, priorityWord } from '#lib/words/cases.ts';

type Condition = Pick<ListedRule, 'kind' | 'category' | 'place' | 'service' | 'channel' | 'words'>;
type Effect = Pick<ListedRule, 'assign' | 'handler' | 'group' | 'priority'>;

export function conditionText({ kind, category, place, service, channel, words }: Condition): string {
	const parts = [
		kind ? kindWord(kind) : null,
		category ? categoryWord(category) : null,
		place,
		service ? serviceWord(service as ServiceKind) : null,
		channel ? channelWord(channel) : null,
		words.length > 0 ? m.routing_words_any({ words: words.map((word) => `‘${word}’`).join(', ') }) : null
	].filter((part) => part !== null);
	return parts.join(' · ') || m.routing_every();
}

export function effectText({ assign, handler, group, priority }: Effect): string {
	const who = {
		workload: m.routing_assign_workload(),
		handler: handler ?? m.routing_assign_workload(),
		nobody: m.routing_assign_nobody()
	}[assign];
	const parts = [who, group, priority ? m.triage_entry_priority({ priority: priorityWord(priority) }) : null];
	return parts.filter((part) => part !== null).join(' · ');
}
