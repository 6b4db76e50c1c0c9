import { formatDay } from '#lib/calendar/format.ts';
import type { Acting, Role, Scope, ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordOf } from './cases.ts';

export const serviceWord = wordOf<ServiceKind>({
	library: m.service_library,
	consultation: m.service_consultation,
	product_sales: m.service_product_sales,
	recommendation: m.service_recommendation,
	other: m.service_other
});
export type PlaceKind = 'box' | 'desk' | 'kiosk' | 'poster';
export const placeKindWord = wordOf<PlaceKind>({
	box: m.place_kind_box,
	desk: m.place_kind_desk,
	kiosk: m.place_kind_kiosk,
	poster: m.place_kind_poster
});
export const roleWord = wordOf<Role | 'officer'>({
	handler: m.role_handler,
	supervisor: m.role_supervisor,
	manager: m.role_manager,
	admin: m.role_admin,
	officer: m.term_officer
});
export const roleHint = wordOf<Role>({
	handler: m.role_handler_hint,
	supervisor: m.role_supervisor_hint,
	manager: m.role_manager_hint,
	admin: m.role_admin_hint
});
export const scopeWord = wordOf<Scope>({
	'ratings:write': m.scope_ratings_write,
	'visits:write': m.scope_visits_write,
	'cases:write': m.scope_cases_write,
	'cases:read': m.scope_cases_read,
	'cases:handle': m.scope_cases_handle,
	'escalations:read': m.scope_escalations_read,
	'escalations:write': m.scope_escalations_write,
	'insight:read': m.scope_insight_read,
	'directory:read': m.scope_directory_read,
	'tokens:write': m.scope_tokens_write
});

export const actingWord = wordOf<Acting>({ plh: m.acting_plh, plt: m.acting_plt });

/** A name, as acting head with kind and order: `Plh. Andi Contoh (SPT 12/2026)`. */
export const actingName = (name: string, { acting, acting_order: order }: Record<string, unknown>): string =>
	acting ? `${actingWord(acting as Acting)} ${name} (${String(order)})` : name;

/** A role, as acting head with the kind: `Plh. Penyelia`. */
export const actingRole = (kind: Acting | null | undefined, role: Role): string =>
	kind ? m.acting_role({ kind: actingWord(kind), role: roleWord(role) }) : roleWord(role);

/** Days and order of an acting head: `1 Des 2026 – 5 Des 2026, SPT 12/2026`. */
export const actingTerms = ({ fromDay, toDay, order }: { fromDay: string; toDay: string; order: string }): string =>
	m.acting_by_order({ what: m.common_span({ from: formatDay(fromDay), to: formatDay(toDay) }), order });
