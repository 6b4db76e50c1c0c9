import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';

/** What an invitation after a rating knows of the matter: who and which service, never words. */
export interface Known {
	officer?: string;
	service?: ServiceKind;
}

/** What an address says of it. */
export function knownFrom(url: URL): Known {
	const officer = url.searchParams.get('petugas') ?? '';
	const service = SERVICE_KINDS.find((one) => one === url.searchParams.get('layanan'));
	return { ...(isUuid(officer) ? { officer } : {}), ...(service ? { service } : {}) };
}

/** The complaint form of an office, with what is known filled in. */
export function complaintPath(slug: string, { officer, service }: Known): string {
	const known = new URLSearchParams({
		...(officer ? { petugas: officer } : {}),
		...(service ? { layanan: service } : {})
	});
	return `/${slug}/pengaduan${known.size > 0 ? `?${known}` : ''}`;
}
