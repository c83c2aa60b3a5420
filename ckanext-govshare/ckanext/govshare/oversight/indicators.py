"""The indicators and the queries that count them, each query for all departments at once."""

from __future__ import annotations

from typing import NamedTuple

from ckanext.govshare.rules.words import Words

AREAS = {
    "gathering": Words("归集", "Gathering"),
    "sharing": Words("共享", "Sharing"),
    "opening": Words("开放", "Opening"),
    "use": Words("应用", "Use"),
    "security": Words("安全", "Security"),
}


class Indicator(NamedTuple):
    """`area` is one of the five of Nanyang art. 59."""

    area: str
    title: Words


INDICATORS = {
    "entries": Indicator("gathering", Words("目录条目", "Catalogue entries")),
    "attached": Indicator("gathering", Words("挂接资源", "Attached resources")),
    "items": Indicator("gathering", Words("信息项", "Information items")),
    "records": Indicator("gathering", Words("数据记录", "Records")),
    "late": Indicator("gathering", Words("超过更新周期的条目", "Entries past their update cycle")),
    "harvest_runs": Indicator("gathering", Words("采集任务", "Harvest runs")),
    "harvest_failed": Indicator("gathering", Words("有错误的采集任务", "Harvest runs with errors")),
    "share_unconditional": Indicator("sharing", Words("无条件共享条目", "Shared unconditionally")),
    "share_conditional": Indicator("sharing", Words("有条件共享条目", "Shared on condition")),
    "share_closed": Indicator("sharing", Words("不予共享条目", "Not shared")),
    "share_applications": Indicator("sharing", Words("共享申请", "Sharing applications")),
    "share_answered": Indicator("sharing", Words("已答复的共享申请", "Sharing answered")),
    "open_unconditional": Indicator("opening", Words("无条件开放条目", "Open unconditionally")),
    "open_conditional": Indicator("opening", Words("有条件开放条目", "Open on condition")),
    "open_closed": Indicator("opening", Words("不予开放条目", "Not open")),
    "released": Indicator("opening", Words("发布版本", "Releases")),
    "withdrawn": Indicator("opening", Words("撤下版本", "Releases withdrawn")),
    "applications": Indicator("use", Words("开放申请", "Applications for data")),
    "answered": Indicator("use", Words("已答复的开放申请", "Applications answered")),
    "in_time": Indicator("use", Words("按时答复", "Answered in time")),
    "refused": Indicator("use", Words("不予提供", "Refused")),
    "overdue": Indicator("use", Words("逾期未答复", "Overdue now")),
    "answer_days": Indicator("use", Words("平均答复用时（日）", "Mean days to answer")),
    "objections": Indicator("use", Words("目录异议", "Objections")),
    "corrections": Indicator("use", Words("数据校核", "Reports of wrong data")),
    "downloads": Indicator("use", Words("下载次数", "Downloads")),
    "calls": Indicator("use", Words("接口调用次数", "Interface calls")),
    "verifications": Indicator("use", Words("核验次数", "Verifications")),
    "bytes": Indicator("use", Words("提供数据量（字节）", "Volume provided (bytes)")),
    "incidents": Indicator("security", Words("安全事件", "Security incidents")),
    "violations": Indicator("security", Words("违规使用", "Violations in use")),
    "rectifications": Indicator("security", Words("整改通知", "Rectification notices")),
    "rectified": Indicator("security", Words("已整改", "Put right")),
    "assessments": Indicator("security", Words("风险评估", "Risk assessments")),
    "drills": Indicator("security", Words("应急演练", "Emergency drills")),
    "trainings": Indicator("security", Words("安全培训", "Security trainings")),
    "rule_documents": Indicator("security", Words("制度规范", "Rule documents")),
}  # fmt: skip

DEPARTMENTS = """
    select id from "group" where is_organization and state = 'active'
"""


class Source(NamedTuple):
    """A query with the column `org` and indicators; `room` is the plugin whose tables it reads."""

    room: str
    sql: str


SOURCES = (
    Source("", """
        select p.owner_org as org, count(*) as entries,
          count(*) filter (where p.extras ->> 'share_class' = 'unconditional')
            as share_unconditional,
          count(*) filter (where p.extras ->> 'share_class' = 'conditional') as share_conditional,
          count(*) filter (where p.extras ->> 'share_class' = 'non-shared') as share_closed
        from package p where p.type = 'dataset' and p.state = 'active' group by 1
    """),
    Source("govshare_release", """
        select p.owner_org as org,
          count(*) filter (where p.extras ->> 'open_class' = 'unconditional')
            as open_unconditional,
          count(*) filter (where p.extras ->> 'open_class' = 'conditional') as open_conditional,
          count(*) filter (where p.extras ->> 'open_class' = 'non-open') as open_closed
        from package p join govshare_publication g on g.dataset_id = p.id
        where p.type = 'dataset' and p.state = 'active' and g.state = 'published' group by 1
    """),
    Source("govshare_release", """
        select p.owner_org as org,
          count(*) filter (where r.state = 'released') as attached,
          coalesce(sum(jsonb_array_length(r.columns))
            filter (where r.state = 'released' and jsonb_typeof(r.columns) = 'array'), 0) as items,
          count(*) filter (where r.released_at >= :since and r.released_at < :until) as released,
          count(*) filter (where r.state = 'withdrawn' and r.ended_at >= :since
            and r.ended_at < :until) as withdrawn
        from govshare_release r join package p on p.id = r.dataset_id and p.state = 'active'
        group by 1
    """),
    Source("govshare_catalogue", """
        select p.owner_org as org, count(*) as late
        from package p
        join unnest(cast(:cycles as text[]), cast(:days as int[])) as c(code, days)
          on c.code = p.extras ->> 'update_cycle'
        join lateral (select max(released_at) as at from govshare_release r
          where r.dataset_id = p.id and r.state = 'released') newest on true
        where p.type = 'dataset' and p.state = 'active'
          and newest.at < now() - make_interval(days => c.days) group by 1
    """),
    Source("govshare_gate", """
        select p.owner_org as org, coalesce(sum(w.count), 0) as records
        from govshare_rows w join govshare_release r on r.id = w.release_id
        join package p on p.id = r.dataset_id and p.state = 'active'
        where r.state = 'released' group by 1
    """),
    Source("govshare_cases", """
        select org_id as org,
          count(*) filter (where kind = 'application' and layer = 'share') as share_applications,
          count(*) filter (where kind = 'application' and layer = 'share'
            and decision ->> 'act' is not null) as share_answered,
          count(*) filter (where kind = 'application' and layer = 'open') as applications,
          count(*) filter (where kind = 'application' and layer = 'open'
            and decision ->> 'act' is not null) as answered,
          count(*) filter (where kind = 'application' and layer = 'open'
            and decision ->> 'act' is not null
            and (due_moment is null or answered_at < due_moment)) as in_time,
          count(*) filter (where kind = 'application' and layer = 'open'
            and decision ->> 'act' = 'refuse') as refused,
          round(cast(extract(epoch from avg(answered_at - received_at) filter (where
            kind = 'application' and layer = 'open' and decision ->> 'act' is not null))
            / 86400 as numeric), 1) as answer_days,
          count(*) filter (where kind = 'objection') as objections,
          count(*) filter (where kind = 'correction') as corrections
        from govshare_case where received_at >= :since and received_at < :until group by 1
    """),
    Source("govshare_cases", """
        select org_id as org, count(*) as overdue from govshare_case
        where answered_at is null and due_moment <= now() and state <> 'draft' group by 1
    """),
    Source("govshare_gate", """
        select p.owner_org as org,
          count(*) filter (where g.way = 'download') as downloads,
          count(*) filter (where g.way = 'rows') as calls,
          count(*) filter (where g.way = 'verify') as verifications,
          coalesce(sum(g.bytes), 0) as bytes
        from govshare_read g join resource r on r.id = g.resource_id
        join package p on p.id = r.package_id
        where g.at >= :since and g.at < :until group by 1
    """),
    Source("harvest", """
        select p.owner_org as org, count(*) as harvest_runs,
          count(*) filter (where exists (select 1 from harvest_object o
              where o.harvest_job_id = j.id and o.report_status = 'errored')
            or exists (select 1 from harvest_gather_error e where e.harvest_job_id = j.id))
            as harvest_failed
        from harvest_job j join package p on p.id = j.source_id
        where j.status = 'Finished' and j.created >= :since at time zone 'utc'
          and j.created < :until at time zone 'utc' group by 1
    """),
    Source("", """
        select org_id as org,
          count(*) filter (where kind = 'incident') as incidents,
          count(*) filter (where kind = 'violation') as violations,
          count(*) filter (where kind = 'rectification') as rectifications,
          count(*) filter (where kind = 'rectification' and data ->> 'outcome' = 'done')
            as rectified,
          count(*) filter (where kind = 'risk_assessment') as assessments,
          count(*) filter (where kind = 'drill') as drills,
          count(*) filter (where kind = 'training') as trainings,
          count(*) filter (where kind = 'rule_document') as rule_documents
        from govshare_oversight
        where org_id is not null and created >= :since and created < :until group by 1
    """),
)
