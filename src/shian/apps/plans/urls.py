"""Addresses of the plans app, included at the root before the generic pages of its resources."""

from django.urls import path

from .pages import (
    documents,
    exports,
    intake,
    landing,
    review,
    review_edits,
    review_names,
    review_publish,
    tasks,
)

app_name = "plans"
urlpatterns = [
    path("", landing.inbox, name="inbox"),
    path("tasks/new/", tasks.create, name="task-create"),
    path("tasks/ledger.<slug:kind>", exports.year, name="ledger"),
    path("tasks/<int:pk>/", tasks.show, name="task"),
    path("tasks/<int:pk>/receive/", tasks.receive, name="task-receive"),
    path("tasks/<int:pk>/report/", tasks.report, name="task-report"),
    path("tasks/<int:pk>/close/", tasks.close, name="task-close"),
    path("tasks/<int:pk>/return/", tasks.send_back, name="task-return"),
    path("tasks/<int:pk>/reopen/", tasks.reopen, name="task-reopen"),
    path("tasks/<int:pk>/decide/<slug:kind>/", tasks.decide, name="task-decide"),
    path("tasks/<int:pk>/milestone/", tasks.add_milestone, name="milestone-add"),
    path("milestones/<int:pk>/finish/", tasks.finish_milestone, name="milestone-finish"),
    path("progress/<int:pk>/accept/", tasks.accept, name="progress-accept"),
    path("progress/<int:pk>/return/", tasks.return_report, name="progress-return"),
    path("targets/<int:pk>/report/", tasks.report_value, name="target-report"),
    path("targets/<int:pk>/decide/<slug:kind>/", tasks.decide_target, name="target-decide"),
    path("documents/new/", documents.create, name="document-create"),
    path("documents/import/", intake.intake, name="import"),
    path("documents/<int:pk>/review/", review.show, name="review"),
    path("documents/<int:pk>/review/changes/", review.changes, name="review-changes"),
    path("documents/<int:pk>/review/candidates/", review_names.candidates, name="review-candidates"),
    path("documents/<int:pk>/review/publish/", review_publish.publish, name="review-publish"),
    path("documents/<int:pk>/review/items/<int:item>/<slug:verb>/", review_edits.item, name="review-item"),
    path("documents/<int:pk>/review/<slug:verb>/", review_edits.whole, name="review-whole"),
    path("documents/<int:pk>/", documents.show, name="document"),
    path("documents/<int:pk>/tasks.<slug:kind>", exports.document, name="document-export"),
    path("flows/<slug:name>/", documents.flow_page, name="flow"),
]
