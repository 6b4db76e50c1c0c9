/** Whether citizens see an officer's photo: only with the officer's consent, and while the officer serves. */
export const isPhotoShown = (officer: {
	photoKey: string | null;
	photoConsentAt: Date | null;
	active: boolean;
}): boolean => officer.photoKey !== null && officer.photoConsentAt !== null && officer.active;
