/** Drafts of this tab stand in its session storage under this and the page's path. */
export const DRAFT_PREFIX = 'draft:';

/** They have been sent. */
export function dropDrafts(): void {
	for (const key of Object.keys(sessionStorage)) {
		if (key.startsWith(DRAFT_PREFIX)) sessionStorage.removeItem(key);
	}
}
