from tests.resource_suite import ResourceTests, Roads

from shian.kernel.clock.models import CalendarDay


class TestCalendarDays(ResourceTests):
    resource = "calendar-days"
    roads = Roads(place="place", everyone=True)
    fixed = ("kind",)
    change = ("note", "补充说明")

    def where(self, spot):
        """A day of no place is one off for the whole country."""
        country = {} if spot.place else {"kind": "off", "date": f"2027-05-{self._count:02d}"}
        return super().where(spot) | country

    def sample(self, cast):
        return {
            "date": "2026-03-06",
            "kind": "closure",
            "place": cast.county.pk,
            "note": "暴雪",
            "source": "演政办〔2026〕3号",
        }

    def test_a_weekday_cannot_be_a_weekend_worked(self):
        response = self.create(kind="work", place=None)
        assert response.status_code == 422
        assert "2026-03-06 不是周末" in str(response.context["form"].errors)

    def test_the_same_day_is_listed_once(self):
        self.made()
        again = self.create(note="又一次")
        assert again.status_code == 422 and "已列为“停止办公”" in str(again.context["form"].errors)
        assert CalendarDay.unscoped.count() == 1


class TestSchedules(ResourceTests):
    resource = "schedules"
    roads = Roads(place="", everyone=True)
    editor = "installer"
    fixed = ("kind",)
    uniform = ("kind", "daily_at")
    change = ("every_minutes", 30)

    def sample(self, cast):
        return {"title": "每小时清理", "kind": "jobs.tidy", "every_minutes": 60, "active": True}

    def test_two_rhythms_and_unknown_kinds_are_refused(self):
        both = self.create(daily_at="03:00")
        assert both.status_code == 422 and "只填一项" in str(both.context["form"].errors)
        unknown = self.create(kind="no.such")
        assert "没有名为“no.such”" in str(unknown.context["form"].errors)
