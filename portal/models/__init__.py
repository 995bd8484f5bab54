"""The aggregates, one a file. Importing this package maps every table."""

from portal.audit import AuditEvent, AuditHead
from portal.crypto import TenantKey
from portal.events import Job
from portal.models.account import Delegation, Invitation, LoginSession, LoginThrottle, SupportAccess
from portal.models.api_token import ApiToken, KeptAnswer
from portal.models.child import Child
from portal.models.document import Document
from portal.models.family import Caregiver, Consent, Exclusion, Family
from portal.models.followup import FollowUp
from portal.models.importing import ImportFile
from portal.models.intake import InformationRequest
from portal.models.placement import AttendanceDay, Outcome, Placement
from portal.models.plan import Plan, PlanLine
from portal.models.plan_findings import PlanAddition, PlanDemand, PlanHold
from portal.models.proposal import Proposal, ProposalChild
from portal.models.provider import Provider
from portal.models.seats import SeatBand, SeatHold
from portal.models.suggestion import Suggestion, SuggestionRun
from portal.models.tenant import PlatformMark, Tenant, TenantSettings
from portal.models.transition import Transition
from portal.models.user import Membership, User
from portal.models.vector import TextVector
from portal.models.vetting import ChecklistItem, VettingItem
from portal.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ApiToken", "AttendanceDay", "AuditEvent", "AuditHead", "Caregiver", "ChecklistItem", "Child", "Consent",
    "Delegation", "Document", "Exclusion", "Family", "FollowUp", "ImportFile", "InformationRequest", "Invitation",
    "Job", "KeptAnswer", "LoginSession", "LoginThrottle", "Membership", "Outcome", "Placement", "Plan", "PlanAddition",
    "PlanDemand", "PlanHold", "PlanLine", "PlatformMark", "Proposal", "ProposalChild", "Provider", "SeatBand",
    "SeatHold", "Suggestion", "SuggestionRun", "SupportAccess", "Tenant", "TenantKey", "TenantSettings", "TextVector",
    "Transition", "User", "VettingItem", "Webhook", "WebhookDelivery",
]
